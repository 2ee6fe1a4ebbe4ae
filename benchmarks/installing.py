"""The peers' programs, each pinned, each in a folder of its own below ``.tools/bench``; nothing outside it is touched.

What is there already, in the wanted version, is left alone. What cannot be had raises ``NotHereError`` with the reason,
and the benchmark goes on without it, saying so.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

TOOLS = Path(__file__).parent.parent / ".tools" / "bench"
_TIMEOUT = 900  # seconds for one installation


class NotHereError(Exception):
    """A peer cannot be installed or started on this machine."""


def from_pypi(name: str, requirement: str) -> Path:
    """A virtual environment that holds one pinned package. Wheels only: a build is not what is compared."""
    folder = TOOLS / name
    if not _there(folder, requirement):
        shutil.rmtree(folder, ignore_errors=True)
        _run([sys.executable, "-m", "venv", str(folder)])
        pip = [str(folder / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check"]
        _run([*pip, "--only-binary", ":all:", requirement])
        _mark(folder, requirement)
    return folder


def from_npm(name: str, package: str, version: str, overrides: Mapping[str, str]) -> Path:
    """A folder whose ``node_modules`` hold one pinned package, with what its dependencies are held to."""
    folder = TOOLS / name
    manifest = json.dumps({"private": True, "dependencies": {package: version}, "overrides": dict(overrides)})
    if not _there(folder, manifest):
        npm = shutil.which("npm")
        if npm is None:
            raise NotHereError("npm is not installed")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        (folder / "package.json").write_text(manifest)
        _run([npm, "install", "--silent", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(folder)])
        _mark(folder, manifest)
    return folder


def from_debian(package: str, program: str) -> Path:
    """A program of the system, or else unpacked from Debian's package, which is not installed and needs no root."""
    found = shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found:
        return Path(found)
    folder = TOOLS / package
    unpacked = folder / "usr" / "sbin" / program
    if not unpacked.exists():
        if shutil.which("apt-get") is None:
            raise NotHereError(f"{program} is not installed, and there is no apt-get to fetch it. Install {package}.")
        folder.mkdir(parents=True, exist_ok=True)
        _run(["apt-get", "download", "-qq", package], folder)
        for archive in folder.glob("*.deb"):
            _run(["dpkg-deb", "-x", str(archive), str(folder)])
    return unpacked


def version_of(command: Sequence[str]) -> str:
    """The last line that a program prints of its version, on either stream."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603 -- pinned peers
    return (done.stdout + done.stderr).strip().splitlines()[-1]


def _there(folder: Path, wanted: str) -> bool:
    mark = folder / ".ready"
    return mark.exists() and mark.read_text() == wanted


def _mark(folder: Path, wanted: str) -> None:
    (folder / ".ready").write_text(wanted)


def _run(command: list[str], where: Path | None = None) -> None:
    try:
        done = subprocess.run(  # noqa: S603 -- commands of our own making
            command, cwd=where, capture_output=True, text=True, check=False, timeout=_TIMEOUT
        )
    except (OSError, subprocess.TimeoutExpired) as broken:
        raise NotHereError(f"{' '.join(command[:4])} … failed: {broken}") from broken
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip() or "no word").splitlines()[-1]
        raise NotHereError(f"{' '.join(command[:4])} … failed: {last}")
