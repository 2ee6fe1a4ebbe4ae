"""The image's health check, run as the image and its probes run it: by the interpreter alone."""

from __future__ import annotations

import subprocess
import sys

from tests.deploy.manifests import DEPLOY

HEALTHCHECK = DEPLOY / "image/healthcheck.py"


def checked(*arguments: str, admin: str = "") -> tuple[int, str]:
    """Its exit code and what it says; past a proxy that is nobody's, which it has to leave alone."""
    environ = {"PRACTICUM_ADMIN_URL": admin, "http_proxy": "http://127.0.0.1:9"}
    command = [sys.executable, "-I", str(HEALTHCHECK), *arguments]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False, timeout=30)
    return done.returncode, done.stderr
