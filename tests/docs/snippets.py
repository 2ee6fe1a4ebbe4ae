"""What the pages for readers say in code: fenced blocks with their language, commands of ours, links and headings.

It reads Markdown as far as these pages use it, and judges nothing; the tests beside it do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Where people look things up. CHANGELOG tells of what was, so its commands need not exist any more.
PAGES = (
    *(ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted(
        path for folder in ("benchmarks", "fuzz", "simulation", "training") for path in (ROOT / folder).glob("*.md")
    ),
    ROOT / "tests/end_to_end/README.md",
)
_FENCE = re.compile(r"^( *)```(\w*)\s*$")
_CONTINUED = re.compile(r"\\\n\s*")


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of code on a page: where it begins, the language of its fence (``span`` within a line), its text."""

    page: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        """Where it is, as editors and test ids say it."""
        return f"{self.page.relative_to(ROOT).as_posix()}:{self.line}"


@cache
def blocks(page: Path) -> tuple[Snippet, ...]:
    """The fenced blocks of a page. Fails where one is not closed."""
    return tuple(_blocks(page))


def _blocks(page: Path) -> Iterator[Snippet]:
    lines = enumerate(page.read_text().splitlines(), 1)
    for number, line in lines:
        if opened := _FENCE.match(line):
            held: list[str] = []
            for _, inner in lines:
                if inner.strip() == "```":
                    break
                held.append(inner)
            else:
                raise AssertionError(f"{page.name}:{number}: a block that is never closed")
            yield Snippet(page, number, opened[2], "\n".join(held) + "\n")


def prose(page: Path) -> str:
    """A page without its blocks; every line keeps its number."""
    kept = page.read_text().splitlines()
    for block in blocks(page):
        size = block.text.count("\n") + 2
        kept[block.line - 1 : block.line - 1 + size] = [""] * size
    return "\n".join(kept)


def spans(page: Path) -> Iterator[Snippet]:
    """Code within a page's sentences; a span that goes on in the next line is one."""
    text = prose(page)
    for found in re.finditer(r"(?<!`)`([^`]+)`(?!`)", text):
        yield Snippet(page, text.count("\n", 0, found.start()) + 1, "span", " ".join(found[1].split()))


def commands(page: Path, program: str) -> Iterator[Snippet]:
    """The command lines of a page's blocks that begin with a program, a prompt or indentation before them left out.

    What follows a pipe is another program's; a line that ends with a backslash goes on in the next.
    """
    for block in blocks(page):
        for line in _CONTINUED.sub(" ", block.text).splitlines():
            if found := re.match(rf"\s*(?:\$ )?({program} .*)", line):
                yield Snippet(page, block.line, block.language, found[1])


def anchors(page: Path) -> set[str]:
    """What a link may name within a page: its headings, spelled as GitHub does."""
    headings = re.findall(r"^#+ (.*)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
