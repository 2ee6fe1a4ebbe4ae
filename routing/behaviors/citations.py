"""Marks by which a text refers to sources: ``[1]``, ``[2, 3]``, ``[^4]``, ``[doc 5]``, ``(Source: x)`` and so on.

Brackets are also arrays, lists, intervals, years and placeholders, so a number in brackets is a mark only where it
stands as one: after a word or a sentence, outside code, not opening a line. Whether a mark refers to anything that was
given is ``grounding``'s to ask.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_KINDS = (
    r"doc(?:ument)?|source|src|ref(?:erence)?|passage|chunk|context|citation|cite|page|p\.|pp\.|section|sec\.|\u00a7|"
    r"article|art\.|excerpt|(?:search )?result|note|footnote|fn|snippet|paragraph|para|clause|rule|chapter|appendix|faq"
)
_BRACKET = re.compile(r"\[(\^?)([^\[\]\n]{1,80})\](\()?")
_NUMBERS = re.compile(r"\^?\d{1,3}(?:\s?[,;\u2013-]\s?\^?\d{1,3}){0,9}")
_LABELED = re.compile(
    rf"(?:{_KINDS})s?[ ._:#\-]{{0,3}}(?:(?:id|no\.?|number)[ :]{{0,2}})?(?P<label>\d{{1,4}}|[a-z])(?!\w)"
    rf"(?:[ ,;&\-\u2013]{{1,3}}(?:and )?(?:(?:{_KINDS})s?[ ._:#\-]{{0,3}})?\d{{1,4}}){{0,9}}",
    re.IGNORECASE,
)
_DAGGER = re.compile(r"(?P<label>\d{1,3})(?::\d{1,3})?\u2020[^\]\u3011\n]{0,80}")
_WIDE = re.compile(
    r"\u3010(?:(?P<label>\d{1,3})(?::\d{1,3})?(?:\u2020[^\u3011\n]{0,80})?|"
    r"[^\u3011\n]{1,80}\u2020[^\u3011\n]{0,40})\u3011"
)
_SOURCE = re.compile(
    r"[(\[](?:sources?|src|cited from|quoted from|see|from|quelle|siehe|fonte|fuente|voir)\s?:\s?"
    r"(?P<name>[^()\[\]\n]{2,120})[)\]]|"
    r"^\W{0,4}(?:sources?|references?|citations?|quellen?|fonti|fuentes?)\W{0,4}[:\uff1a]\W{0,4}"
    r"(?P<listed>\w[^\n]{1,120})",
    re.IGNORECASE | re.MULTILINE,
)
_SOURCE_SIGNS = (  # a sign, and the words after it of which one is in every match
    ("(", ("(src", "(from", "(see", "(siehe", "(voir")),
    ("[", ("[see", "[from", "[src")),
    (":", (" from:",)),
    ("", ("source", "reference", "citation", "quelle", "fonte", "fonti", "fuente")),
)
_TAG = re.compile(r"<(?:cite|co|citation|source|ref)\b[ :=]?[^<>\n]{0,60}>|\ue200(?:file)?cite\ue202")
_FILE = re.compile(
    r"[^\n]{1,60}\.(?:pdf|md|html?|txt|docx?|xlsx?|csv|json|pptx?)\b[^\n]{0,12}|[A-Z][\w .,&'-]{2,40},? \d{4}[a-z]?"
)
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]{1,300}`|\$\$.*?\$\$", re.DOTALL)

_CAMEL = re.compile(r"[a-z][A-Z]")
_BASE = re.compile(r"(\w+)$")
_NUMERALS_BEFORE = re.compile(
    r"(?:\b(?:interval|ranges?|lists?|arrays?|vectors?|matrix|tuple|set|segment|domain|points?|values?|"
    r"inputs?|outputs?|returns?|prints?|between|sequence|numbers|elements|indices|index|element|subarray|coordinates?|is|are|=|\u2208|"
    r"contains?|becomes?|get|gives?)|[=:+/<>\u2192\u2208,\[{]|->|=>)\s*$",
    re.IGNORECASE,
)
_CODE_NAMES = frozenset(
    {
        "arr",
        "array",
        "nums",
        "argv",
        "args",
        "dp",
        "matrix",
        "row",
        "col",
        "memo",
        "stack",
        "queue",
        "res",
        "ans",
        "vec",
    }
    | {"buf", "tmp", "temp", "dict", "tuple", "str", "char", "bits", "prefix", "sum", "heap", "grid", "board", "lst"}
)
_WORDS_AND_NAMES = frozenset(
    {"list", "data", "values", "items", "result", "results", "string", "input", "index", "map"}
)
_SHORT_WORDS = frozenset({"it", "so", "up", "in", "on", "to", "by", "us", "do", "is", "go"})
_OPERATORS = tuple("+-*/<>=%")
_BEFORE = 24  # characters that tell what a bracket is
_SHORT_NAME = 2


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark in a text: where it stands, and the sources it names, by number (``"3"``) or by name."""

    span: tuple[int, int]
    labels: tuple[str, ...]


def without_code(text: str) -> str:
    """The text with blanks in place of code and formulae, so that positions stay what they are."""
    if "`" not in text and "$$" not in text:
        return text
    return _CODE.sub(lambda found: " " * len(found[0]), text)


def marks(text: str) -> Iterator[Mark]:
    """The marks of a text without code: brackets first, then the other kinds, each in the text's order."""
    for found in _BRACKET.finditer(text) if "[" in text else ():
        if labels := _bracket(text, found):
            yield Mark((found.start(), found.end() - bool(found[3])), labels)
    for found in _WIDE.finditer(text) if "\u3010" in text else ():
        yield Mark(found.span(), (found["label"],) if found["label"] else ())
    for found in _SOURCE.finditer(text) if _may_name_source(text.lower()) else ():
        name = (found["name"] or found["listed"]).strip()
        if found["name"] is None or not name.isdigit():  # a number was found above
            yield Mark(found.span(), (name,))
    for found in _TAG.finditer(text) if "<" in text or "\ue200" in text else ():
        yield Mark(found.span(), ())


def _may_name_source(lower: str) -> bool:
    """A quick look that spares most replies the pattern."""
    return any(sign in lower and any(map(lower.__contains__, words)) for sign, words in _SOURCE_SIGNS)


def _bracket(text: str, found: re.Match[str]) -> tuple[str, ...]:
    """The sources that a bracket names; none where it is something else."""
    content = found[2].strip()
    if _NUMBERS.fullmatch(content):
        return _expanded(content) if _stands_as_mark(text, found) else ()
    if found[1]:
        return (content,)
    if dagger := _DAGGER.fullmatch(content):
        return (dagger["label"],)
    if _LABELED.fullmatch(content) and not _opens_line(text, found):
        return tuple(re.findall(r"\d{1,4}", content)) or (content,)
    return (content,) if _FILE.fullmatch(content) and not found[3] else ()


def _stands_as_mark(text: str, found: re.Match[str]) -> bool:
    """Whether numbers in brackets refer, rather than index, list or enclose."""
    start, stop = found.start(), found.end()
    after = text[stop : stop + 1]
    if found[3]:  # a link, if what follows is an address
        return text.startswith(("http", "#", "/"), stop)
    if found[1]:
        return after != ":"
    before = text[max(0, start - _BEFORE) : start]
    if before.endswith("["):
        return text.startswith("](http", stop)
    enclosed = (after.isascii() and after.isalnum()) or after in ("=", "{") or before.endswith("\\")
    if enclosed or _opens_line(text, found) or ("0" in _expanded(found[2]) and not before.endswith((" ", "."))):
        return False
    if named := _BASE.search(before):
        return _is_word(named[1], text[stop : stop + 2])
    return not _NUMERALS_BEFORE.search(before)


def _opens_line(text: str, found: re.Match[str]) -> bool:
    """It numbers a line, as lists and references do, unless the line holds nothing but marks."""
    start = max(0, found.start() - _BEFORE)
    line = text[start : found.start()].rpartition("\n")[2]
    rest = text[found.end() : found.end() + 2]
    return not line.strip(" \t*->#") and bool(rest.strip("[") and rest[0] in " \t:.")


def _is_word(base: str, after: str) -> bool:
    """Whether what a bracket is attached to is a word of prose rather than a name in code."""
    if not base.isascii() or base.isdigit():
        return True
    if len(base) <= _SHORT_NAME:
        return (base.isupper() and len(base) == _SHORT_NAME) or base in _SHORT_WORDS
    if "_" in base or _CAMEL.search(base) or base.casefold() in _CODE_NAMES or after[:1] in _OPERATORS:
        return False
    if base.casefold() in _WORDS_AND_NAMES:
        return after[:1] in ".,;:!?" and not after[1:].isalnum()
    return not (after[:1] == "." and after[1:].islower())


def _expanded(content: str) -> tuple[str, ...]:
    """The numbers of ``1, 3-5``: each one named, ranges filled in."""
    if content.isdigit():
        return (content,)
    numbers: list[str] = []
    for part in re.split(r"\s?[,;]\s?", content.replace("^", "")):
        ends = [int(end) for end in re.split(r"\s?[\u2013-]\s?", part) if end.isdigit()]
        numbers += [str(number) for number in range(ends[0], max(ends[-1], ends[0]) + 1)][:20] if ends else []
    return tuple(numbers)
