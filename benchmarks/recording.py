"""Count instructions anew with every Python that is here, and keep the counts: ``make record-instructions``.

Each Python gets an environment of its own below ``.tools/instructions``, with the pinned requirements. Records of
Pythons that are not here are dropped: they are of code as it was. It refuses to judge the counts; ``instructions`` and
its test do.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from benchmarks.instructions import RECORDED, Counted, record, recorded

_REPOSITORY = Path(__file__).parents[1]
_ENVIRONMENTS = _REPOSITORY / ".tools" / "instructions"
_NAMES = ("python3", *(f"python3.{minor}" for minor in range(11, 20)))
_WHO = "import os, sys; print(os.path.realpath(sys.executable)) if sys.version_info >= (3, 11) else sys.exit(1)"


class CannotCountError(Exception):
    """A Python that was found, and with which nothing could be counted."""


def pythons(named: Sequence[str] = ()) -> list[Path]:
    """These, or else all of 3.11 or newer on the path, of the system and of pyenv; each once, the running one first."""
    candidates = named or [sys.executable, *_candidates()]
    found = dict.fromkeys(path for candidate in candidates if (path := _real(candidate)))
    if named and len(found) < len(set(named)):
        raise CannotCountError(f"not every one of {', '.join(named)} is a Python of 3.11 or newer, or two are the same")
    return list(found)


def _candidates() -> Iterator[str]:
    kept_by_pyenv = sorted(map(str, Path.home().glob(".pyenv/versions/*/bin")))
    for folder in dict.fromkeys([*os.get_exec_path(), "/usr/bin", "/usr/local/bin", *kept_by_pyenv]):
        for name in _NAMES:
            if path := shutil.which(name, path=folder):
                yield path


def _real(candidate: str) -> Path | None:
    try:
        asked = subprocess.run([candidate, "-c", _WHO], capture_output=True, text=True, check=False)  # noqa: S603 -- a Python
    except OSError:
        return None
    return Path(asked.stdout.strip()) if asked.returncode == 0 else None


def counted_with(python: Path) -> dict[str, Counted]:
    """What ``benchmarks.instructions`` counts there, by interpreter. Raises CannotCountError."""
    own = python == Path(os.path.realpath(sys.executable))
    runs = Path(sys.executable) if own else _environment(python)
    said = _run(str(runs), "-m", "benchmarks.instructions")
    return msgspec.json.decode(said, type=dict[str, Counted])


def _environment(python: Path) -> Path:
    folder = _ENVIRONMENTS / str(python).strip("/").replace("/", "-")
    inside = folder / "bin" / "python"
    if not (folder / ".ready").exists():
        _run(str(python), "-m", "venv", "--clear", str(folder))
        install = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes")
        _run(str(inside), *install, "-r", str(_REPOSITORY / "requirements.txt"))
        (folder / ".ready").touch()
    return inside


def _run(*command: str) -> str:
    environ = {**os.environ, "PYTHONPATH": str(_REPOSITORY)}
    done = subprocess.run(  # noqa: S603 -- our own modules, and pip
        command, capture_output=True, text=True, check=False, cwd=_REPOSITORY, env=environ
    )
    if done.returncode:
        raise CannotCountError(f"{' '.join(command)}: {done.stderr.strip().splitlines()[-1:]}")
    return done.stdout


def main() -> int:
    """Count with each, say before and after, and keep all. Exit code 1 if nothing could be counted."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.recording", description=__doc__)
    parser.add_argument("python", nargs="*", help="interpreters; all that are found unless given")
    before, counts = recorded(), dict[str, Counted]()
    for python in pythons(parser.parse_args().python):
        try:
            fresh = counted_with(python)
        except CannotCountError as cannot:
            sys.stderr.write(f"{python}: nothing counted. {cannot}\n")
            continue
        counts |= fresh
        for build, after in fresh.items():
            sys.stdout.write(f"{python}: {build}\n  before {before.get(build)}\n  now    {after}\n")
    if not counts:
        return 1
    record(counts)
    sys.stdout.write(f"kept in {RECORDED.relative_to(_REPOSITORY)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
