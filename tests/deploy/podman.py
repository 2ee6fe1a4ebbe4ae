"""Build and run the image with podman, on a base that is this machine itself: no registry is asked for anything.

The base image has no files but the few below ``/etc`` that a Debian's user tools and its linker need; ``/usr`` and the
Python that runs the tests are this machine's, mounted read-only. So every instruction of the Dockerfile runs, with the
wheels of the lock; what only the real base image has is not tried. pip asks the index that it asks here.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.deploy.manifests import DEPLOY, ROOT

BASE = "localhost/practicum-base"
IMAGE = "localhost/practicum"
STORE = ROOT / ".tools/containers"  # apart from the user's own images; its layers make the next build short
PYTHON = Path(sys.base_prefix).resolve()
_LINKS = {"bin": "usr/bin", "sbin": "usr/sbin", "lib": "usr/lib", "lib64": "usr/lib64"}
_FOLDERS = ("dev", "etc", "opt", "proc", "root", "run", "sys", "tmp", "usr", "var")
_USERS = {"passwd": "root:x:0:0:root:/root:/bin/sh\n", "group": "root:x:0:\n", "shadow": "", "gshadow": ""}
_CONTAINERFILE = f"FROM scratch\nCOPY root /\nENV PATH={PYTHON}/bin:/usr/sbin:/usr/bin:/sbin:/bin\n"
# Some runtimes refuse hosts with both generations of cgroups; in a namespace of ours the newer one can be left out.
_ENTER = 'umount /sys/fs/cgroup/unified 2>/dev/null; exec podman --root "$0" --cgroup-manager cgroupfs "$@"'
_MOUNTED = [f"--volume={path}:{path}:ro" for path in ("/usr", str(PYTHON))]


def available() -> bool:
    """Whether it is here, and this user may use it as this needs."""
    if shutil.which("podman") is None:
        return False
    return subprocess.run(podman("images"), capture_output=True, check=False, timeout=60).returncode == 0


def podman(*arguments: str) -> list[str]:
    """A command line of podman's."""
    return ["unshare", "--mount", "--propagation", "private", "sh", "-c", _ENTER, str(STORE), *arguments]


def said(*arguments: str) -> str:
    """What podman prints; fails with its complaint where it refuses."""
    done = subprocess.run(podman(*arguments), capture_output=True, text=True, check=False, timeout=1200)
    assert done.returncode == 0, f"podman {' '.join(arguments)}:\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
    return done.stdout


def build(folder: Path) -> None:
    """Build the image by its Dockerfile; ``folder`` is for the base's files."""
    config = _pip_config()
    _lay_out(folder / "root", config)
    (folder / "Containerfile").write_text(_CONTAINERFILE)
    said("build", "--quiet", "--tag", BASE, str(folder))
    here = [*_MOUNTED, "--volume=/etc/resolv.conf:/etc/resolv.conf:ro"]
    here += [f"--volume={path}:{path}:ro" for _, path in config if path.startswith("/") and Path(path).exists()]
    plainly = ("--isolation", "chroot", "--network", "host", "--format", "docker")
    dockerfile = ("--file", str(DEPLOY / "image/Dockerfile"), "--build-arg", f"PYTHON_IMAGE={BASE}")
    said("build", *plainly, *here, *dockerfile, "--tag", IMAGE, str(ROOT))
    said("image", "prune", "--force", "--filter", "until=24h")  # today's layers make the next build short


def confined(name: str, *more: str) -> list[str]:
    """The command line that runs the image as deploy/ does: no root, no capability, a read-only root file system."""
    limits = ("--ulimit=nofile=1024:1024", "--ulimit=nproc=1000:1000", "--cgroups=disabled")  # what any user may set
    rights = ("--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges", "--read-only-tmpfs=false")
    writable = "--tmpfs=/tmp:size=64m,mode=1777,noexec,nosuid,nodev"
    return podman("run", "--rm", "--name", name, "--network=host", *limits, *rights, writable, *_MOUNTED, *more, IMAGE)


def _lay_out(root: Path, config: Sequence[tuple[str, str]]) -> None:
    for folder in _FOLDERS:
        (root / folder).mkdir(parents=True)
    (root / "tmp").chmod(0o1777)
    for link, target in _LINKS.items():
        (root / link).symlink_to(target)
    for name, text in _USERS.items():
        (root / "etc" / name).write_text(text)
    for name in ("ld.so.cache", "ld.so.conf"):
        shutil.copy(Path("/etc") / name, root / "etc" / name)
    shutil.copytree("/etc/alternatives", root / "etc/alternatives", symlinks=True)
    shutil.copytree("/etc/ssl/certs", root / "etc/ssl/certs")
    lines = [f"{key} = {value}\n" for key, value in config]
    (root / "etc/pip.conf").write_text("".join(["[global]\n", *lines]))


def _pip_config() -> list[tuple[str, str]]:
    """Which index pip asks on this machine, and how: its settings, each once, without their sections."""
    told = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True)
    pairs = (line.partition("=") for line in told.stdout.splitlines())
    found = {key.rpartition(".")[2]: value.strip("'\"") for key, _, value in pairs}
    return sorted(found.items())
