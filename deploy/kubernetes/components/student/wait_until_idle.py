"""Wait until a vLLM server answers nobody any more, for up to so many seconds: a student's preStop.

``python3 wait_until_idle.py SECONDS [URL]`` reads the server's own metrics once a second. It ends, with exit code 0,
when no request is running or waiting, when the server cannot be asked, or when the time is over: a preStop that fails
would end the pod no later. By then the pod is out of its Service, so new connections go elsewhere, or to the teacher;
those that are kept busy stay, and for their sake the time is bounded.
"""

from __future__ import annotations

import sys
import time
import urllib.request

PAUSE = 1.0  # seconds between two looks
BUSY = ("vllm:num_requests_running", "vllm:num_requests_waiting")


def busy(page: str) -> float:
    """How many requests a page of vLLM's metrics says are running or waiting, over all engines."""
    samples = (line.rsplit(" ", 1) for line in page.splitlines() if line.startswith(BUSY))
    return sum(float(value) for name, value in samples if name.split("{")[0] in BUSY)


def wait(url: str, seconds: float) -> str:
    """Wait, and say what ended it."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with opener.open(url, timeout=5) as answer:
                left = busy(answer.read().decode())
        except (OSError, ValueError) as error:
            return f"{url} cannot be asked: {error}"
        if not left:
            return "idle"
        time.sleep(PAUSE)
    return f"still busy after {seconds:g} s"


if __name__ == "__main__":
    sys.stderr.write(wait((sys.argv[2:] or ["http://127.0.0.1:8000/metrics"])[0], float(sys.argv[1])) + "\n")
