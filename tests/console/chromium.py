"""A real browser for the console's tests: Debian's Chromium, driven by playwright; where either is missing, they skip.

Everything that a page asks for is noted, and what would leave the loopback is not let through.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Route, sync_playwright

ARTIFACTS = Path(__file__).parent / "artifacts"
ELSEWHERE = "http://alerts.example"
"""A site of somebody else's, which a test makes up; nothing is ever asked of it."""
_CHROMIUM = os.environ.get("PRACTICUM_CHROMIUM") or shutil.which("chromium")
_AXE = Path(os.environ.get("PRACTICUM_AXE", Path(__file__).parents[2] / ".tools" / "axe.min.js"))
_PATIENCE = 20_000  # milliseconds


@dataclass(frozen=True, slots=True)
class Look:
    """A kind of screen: its name, the color scheme that its owner prefers, and its size."""

    name: str
    scheme: str
    width: int
    height: int


LOOKS = (Look("light", "light", 1200, 800), Look("dark", "dark", 1200, 800), Look("phone", "light", 390, 800))
TINY = Look("tiny", "dark", 320, 640)


@dataclass  # without slots: playwright leaves a mark of its own on whoever listens
class Seen:
    """What a page did besides showing itself."""

    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def complain(self, said: ConsoleMessage) -> None:
        """Note an error or a warning, such as that of a policy which was broken."""
        if said.type in {"error", "warning"}:
            self.complaints.append(said.text)

    def dismiss(self, dialog: Dialog) -> None:
        """Note what a script said, and go on."""
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def hosts(self) -> set[str]:
        """Which hosts it asked anything of."""
        return {urlsplit(url).netloc for url in self.asked if not url.startswith("data:")}


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser; skips where there is none."""
    if _CHROMIUM is None:
        pytest.skip("no chromium: install Debian's, or name one in PRACTICUM_CHROMIUM; the pages were NOT looked at")
    with sync_playwright() as playwright:
        sandboxed = [] if os.geteuid() else ["--no-sandbox"]  # as root it refuses to start in one
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=sandboxed)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(
    browser: Browser, look: Look = LOOKS[0], *, scripts: bool = True, policy: bool = True, made_up: str = ""
) -> Iterator[tuple[Page, Seen]]:
    """A window of a browser that nobody used before. ``made_up`` is the page of the site ``ELSEWHERE``."""
    context = browser.new_context(
        color_scheme="dark" if look.scheme == "dark" else "light",
        viewport={"width": look.width, "height": look.height},
        java_script_enabled=scripts,
        bypass_csp=not policy,
    )
    context.set_default_timeout(_PATIENCE)

    def answer(route: Route) -> None:
        url = route.request.url
        if url.startswith(ELSEWHERE) and made_up:
            route.fulfill(body=made_up, content_type="text/html")
        elif urlsplit(url).hostname in {"127.0.0.1", "localhost"}:
            route.continue_()
        else:
            route.abort()

    context.route(lambda url: not url.startswith(("http://127.0.0.1", "http://localhost")), answer)
    page, seen = context.new_page(), Seen()
    page.on("request", lambda request: seen.asked.append(request.url))
    page.on("console", seen.complain)
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    page.on("dialog", seen.dismiss)
    try:
        yield page, seen
    finally:
        context.close()


def violations(page: Page) -> list[str]:
    """What axe has against the page; skips where there is no axe."""
    if not _AXE.exists():
        pytest.skip(f"no axe-core at {_AXE}: name its axe.min.js in PRACTICUM_AXE; accessibility was NOT checked")
    page.evaluate(_AXE.read_text())
    found: Mapping[str, list[dict[str, object]]] = page.evaluate("axe.run()")
    return [f"{one['id']}: {one['help']}: {one['nodes']}" for one in found["violations"]]


def pictured(page: Page, name: str) -> None:
    """Keep a picture of the whole page."""
    ARTIFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTIFACTS / f"{name}.png", full_page=True)
