"""Whether a reply keeps what was demanded of its form: one check per ``Form``, in a table.

A check is lenient where people count differently (is "don't" one word or two?): the demand is broken only if every
reasonable count breaks it. Every check takes time linear in the reply. What was demanded is ``asked``'s.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from routing.behaviors import lazily
from routing.behaviors.format.demand import Demand, Finding, Form
from routing.behaviors.format.json_text import read_fenced_json
from routing.behaviors.format.language import is_written_in
from routing.behaviors.phrasing.words import lowered

Check = Callable[[str, Demand], Finding]

_IDEOGRAPHS = "\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f"  # scripts that put no spaces between words
_WORD = lazily.pattern(rf"[{_IDEOGRAPHS}]|[^\W{_IDEOGRAPHS}]+(?:['\u2019-][^\W{_IDEOGRAPHS}]+)*")
_PART, _LETTER = lazily.pattern(r"\w+"), lazily.pattern(r"\w")
_JOINT = lazily.pattern(r"['-](?<=\w.)(?=\w)")
_SPACED = bytes(code if _LETTER.match(chr(code)) else ord(" ") for code in range(256))
_BULLET = lazily.pattern(r"\n[ \t]{0,20}(?:[*+-][ \t]|[\u2022\u2023\u25e6\u25aa\u25cf][ \t]?)[ \t]{0,9}\S")
_TOP_BULLET = lazily.pattern(r"\n ?(?:[*+-][ \t]|[\u2022\u2023\u25e6\u25aa\u25cf][ \t]?)[ \t]{0,9}\S")
_NUMBERED = lazily.pattern(r"\n[ \t]{0,20}(?:\*\*)?\d{1,4}[.)]")
_TABLE = lazily.pattern(r"\n[ \t]{0,9}\|?[ \t]{0,9}:?-{1,200}:?[ \t]{0,9}\|")  # the row under the headings
_HIGHLIGHT = lazily.pattern(r"(?<!\*)\*{1,3}(?=[^\s*])[^\n*]+\*|(?<![_\w])_{1,2}(?=[^\s_])[^\n_]+_(?!\w)")
_TITLE = lazily.pattern(r"<<(?=[ \t]{0,99}[^\s<>])[^\n<>]+>>")
_PLACEHOLDER = lazily.pattern(r"\[[^\[\]\n]{0,40}\w[^\[\]\n]*\]")
_HEADING = lazily.pattern(r"#{1,6} .*|\*\*[^\n*]*\*\*:?|<<[^\n]*>>|[-=*_]{3,}")
_EMPTY_LINE = lazily.pattern(r"\n[ \t]*\n")
_SENTENCE_END = lazily.pattern("(?:[.!?\u2026]+[\"'\u201d\u2019)\\]*_~}>]{0,9}(?=\\s|$)|[\u3002\uff01\uff1f\uff61]+)")
_ABBREVIATIONS = frozenset(
    ("mr", "mrs", "ms", "dr", "prof", "st", "vs", "etc", "e.g", "i.e", "no", "jr", "sr", "inc", "ltd", "co", "fig")
)
_UPPER, _LOWER = lazily.pattern(r"[A-Z\u00c0-\u00de]"), lazily.pattern(r"[a-z\u00df-\u00f6]")
_WRAPPING = " \t\r\n\"'*_`\u201c\u201d\u2018\u2019\u00ab\u00bb"
_QUOTES = {'"': '"', "\u201c": "\u201d", "\u201e": "\u201c\u201d", "\u00ab": "\u00bb", "\u300c": "\u300d"}
_NUMERAL = r"(?:\d{1,3}|(?!X\b)[IVX]{1,6}|(?i:one|two|three|four|five|six|seven|eight|nine|ten))\b"


def kept(text: str, demand: Demand) -> Finding:
    """Whether the reply keeps the demand; an empty reply keeps none."""
    return _CHECKS[demand.form](text, demand) if text.strip() else Finding(False, f"{demand.form}: empty")


def sentence_count(text: str) -> int:
    """Sentences: what ends in a full stop, a mark or the end of the text, abbreviations and initials excepted."""
    ends = [0, *(found.end() for found in _SENTENCE_END.finditer(text) if not _is_abbreviation(text, found)), len(text)]
    return sum(_PART.search(text, start, end) is not None for start, end in pairwise(ends))


def _is_abbreviation(text: str, end: re.Match[str]) -> bool:
    """Whether the full stop belongs to a short form, an initial, or a number that begins a line."""
    if not end[0].startswith(".") or len(end[0]) > 1:
        return False
    before = text[max(0, end.start() - 12) : end.start()]
    word = before.split()[-1].lower() if before.strip() and not before[-1].isspace() else ""
    if word.isdecimal():
        return before[: -len(word)].rpartition("\n")[2].strip(" \t*#") == "" and len(word) < 4  # noqa: PLR2004
    return word in _ABBREVIATIONS or (len(word) == 1 and word.isalpha() and word != "i")


def _counted(demand: Demand, *counts: int, span: tuple[int, int] | None = None) -> Finding:
    """A finding by number; several counts are several reasonable ways to count."""
    if any(demand.bounds.admit(count) for count in counts):
        return Finding(True)
    about = f" of {demand.texts[0]!r}" if demand.texts and demand.form in {Form.FREQUENCY, Form.LETTERS} else ""
    return Finding(False, f"{demand.form}{about}: {counts[0]}, not {demand.bounds}", span)


def _matches(pattern: re.Pattern[str]) -> Check:
    return lambda text, demand: _of_spans([found.span() for found in pattern.finditer(text)], demand)


def _lines_like(pattern: re.Pattern[str]) -> Check:
    return lambda text, demand: _of_spans(_openings(pattern, text), demand)


def _of_spans(spans: list[tuple[int, int]], demand: Demand) -> Finding:
    """A finding by the number of places; where there are too many, the first of those shows it."""
    most = demand.bounds.most
    return _counted(demand, len(spans), span=spans[most] if most is not None and len(spans) > most else None)


def _openings(pattern: re.Pattern[str], text: str) -> list[tuple[int, int]]:
    """Where lines begin like a pattern. It starts with the line feed before them, which is found faster than ``^``."""
    return [(start, stop - 1) for start, stop in (found.span() for found in pattern.finditer(f"\n{text}"))]


def _bullets(text: str, demand: Demand) -> Finding:
    nested = _of_spans(_openings(_BULLET, text), demand)
    return nested if nested.kept or not demand.bounds.admit(len(_openings(_TOP_BULLET, text))) else Finding(True)


def _list(text: str, demand: Demand) -> Finding:
    bullets, numbers, top = (len(_openings(pattern, text)) for pattern in (_BULLET, _NUMBERED, _TOP_BULLET))
    return _counted(demand, bullets + numbers, bullets, numbers, top)


def _json(text: str, _: Demand) -> Finding:
    found = read_fenced_json(text)
    return Finding(not found.fault, f"{Form.JSON}: {found.fault}" if found.fault else "", found.span)


def _fence(text: str, demand: Demand) -> Finding:
    return _counted(demand, text.count("```") // 2)


def _words(text: str, demand: Demand) -> Finding:
    if demand.bounds.admit(len(text.split())):  # the cheapest count, and nearly always enough
        return Finding(True)
    return _counted(demand, *_word_counts(text))


def _word_counts(text: str) -> tuple[int, int]:
    """Words with their apostrophes and hyphens, and without: in ASCII by bytes, in a tenth of the patterns' time."""
    if not text.isascii():
        return len(_WORD.findall(text)), len(_PART.findall(text))
    parts = len(text.encode().translate(_SPACED).split())
    return parts - len(_JOINT.findall(text)), parts


def _sentences(text: str, demand: Demand) -> Finding:
    return _counted(demand, sentence_count(text))


def _paragraphs(text: str, demand: Demand) -> Finding:
    blocks = _divided(text, demand.texts[0]) if demand.texts else [part.strip() for part in _EMPTY_LINE.split(text)]
    blocks = [block for block in blocks if block]
    if demand.texts:
        return _counted(demand, len(blocks))
    prose = sum(not _HEADING.fullmatch(block) for block in blocks)
    return _counted(demand, prose, len(blocks), len(text.strip().splitlines()) if len(blocks) == 1 else prose)


def _opening(text: str, demand: Demand) -> Finding:
    place, word = int(demand.texts[0]) - 1, demand.texts[1]
    blocks = [block for block in _EMPTY_LINE.split(text) if block.strip()]
    first = blocks[place].strip(_WRAPPING) if place < len(blocks) else ""  # place 0 of a demand is the last: -1
    begins = re.match(rf"{re.escape(word)}\b", first, re.IGNORECASE) is not None
    return Finding(begins, "" if begins else f"{demand.form} {place + 1}: not {word!r}")


def _lines(text: str, demand: Demand) -> Finding:
    return _counted(demand, sum(bool(line.strip()) for line in text.splitlines()))


def _characters(text: str, demand: Demand) -> Finding:
    return _counted(demand, len(text.strip()), len("".join(text.split())))


def _sections(text: str, demand: Demand) -> Finding:
    named = "|".join(re.escape(word) for word in demand.texts)
    return _counted(demand, len(re.findall(rf"\b(?i:{named})\s?{_NUMERAL}", text)))


def _case(wrong: re.Pattern[str]) -> Check:
    def check(text: str, demand: Demand) -> Finding:
        found = wrong.search(text)
        return Finding(True) if found is None else Finding(False, f"{demand.form}: {found[0]!r}", found.span())

    return check


def _capitals(text: str, demand: Demand) -> Finding:
    shouted = [word for word in _WORD.findall(text) if word.isupper()]
    return _counted(demand, len(shouted), sum(len(word) > 1 for word in shouted))


def _without(text: str, demand: Demand) -> Finding:
    places = [(text.find(mark), mark) for mark in demand.texts]
    place, mark = min(((at, mark) for at, mark in places if at >= 0), default=(-1, ""))
    return Finding(True) if place < 0 else Finding(False, f"without: {mark!r}", (place, place + len(mark)))


def _occurrences(text: str, word: str, *, whole: bool) -> Iterator[tuple[int, int]]:
    """Where the word stands, whatever its case; unless ``whole`` also as the beginning of a longer one."""
    lower, parts = lowered(text), word.lower().split()
    begins, ends = word[:1].isalnum(), whole and word[-1:].isalnum()
    if len(parts) == 1:  # no pattern is made for it: that costs more than a look at a page
        yield from _single(lower, parts[0], begins=begins, ends=ends)
    elif all(part in lower for part in parts):
        words = r"\s+".join(map(re.escape, parts))
        pattern = (r"(?<!\w)" if begins else "") + words + (r"(?!\w)" if ends else "")
        yield from (found.span() for found in re.finditer(pattern, lower))


def _single(lower: str, word: str, *, begins: bool, ends: bool) -> Iterator[tuple[int, int]]:
    """Where one word stands; ``begins`` and ``ends``: not inside another's letters on that side."""
    start = lower.find(word)
    while start >= 0:
        stop = start + len(word)
        inside = (begins and _LETTER.match(lower, start - 1)) if start else None
        if inside or (ends and _LETTER.match(lower, stop)):
            stop = start + 1
        else:
            yield start, stop
        start = lower.find(word, stop)


def _keywords(text: str, demand: Demand) -> Finding:
    missing = [word for word in demand.texts if next(_occurrences(text, word, whole=False), None) is None]
    return Finding(not missing, f"keywords: no {', '.join(map(repr, missing))}" if missing else "")


def _forbidden(text: str, demand: Demand) -> Finding:
    found = next((hit for word in demand.texts for hit in _occurrences(text, word, whole=True)), None)
    return Finding(True) if found is None else Finding(False, f"{demand.form}: {text[slice(*found)]!r}", found)


def _frequency(text: str, demand: Demand) -> Finding:
    beginnings, whole = (sum(1 for _ in _occurrences(text, demand.texts[0], whole=whole)) for whole in (False, True))
    return _counted(demand, beginnings, whole)


def _letters(text: str, demand: Demand) -> Finding:
    return _counted(demand, text.lower().count(demand.texts[0].lower()))


def _plain(text: str) -> str:
    return " ".join(text.replace("*", "").strip(_WRAPPING).casefold().split())


def _start(text: str, demand: Demand) -> Finding:
    wanted = _plain(demand.texts[0])
    begins = _plain(text[: 4 * len(wanted) + 200]).startswith(wanted)
    return Finding(begins, "" if begins else f"{demand.form}: not {demand.texts[0]!r}")


def _end(text: str, demand: Demand) -> Finding:
    wanted = _plain(demand.texts[0])
    closing = _plain(text.rstrip()[-4 * len(wanted) - 200 :])
    ends = closing.endswith(wanted) or closing.rstrip(".!?").endswith(wanted)
    return Finding(ends, "" if ends else f"{demand.form}: not {demand.texts[0]!r}")


def _quoted(text: str, demand: Demand) -> Finding:
    whole = text.strip()
    closing = _QUOTES.get(whole[0], "")
    wrapped = len(whole) > 1 and bool(closing) and whole[-1] in closing
    return Finding(wrapped, "" if wrapped else f"{demand.form}: no quotation marks around the whole")


def _postscript(text: str, demand: Demand) -> Finding:
    letters = [letter for letter in demand.texts[0] if letter.isalpha()]
    dotted, bare = r"\.\s?".join(letters), "".join(letters)
    found = re.search(rf"(?<!\w)(?:(?i:{dotted})|{bare})(?!\w)", text)
    return Finding(found is not None, "" if found else f"{demand.form}: no {demand.texts[0]!r}")


def _divided(text: str, divider: str) -> list[str]:
    """The parts between dividers; a longer row of the same mark is another divider."""
    mark = re.escape(divider[0])
    return [part.strip() for part in re.split(rf"(?<!{mark}){re.escape(divider)}(?!{mark})", text)]


def _parted(text: str, demand: Demand) -> Finding:
    parts = [part for part in _divided(text, demand.texts[0]) if part]
    distinct = len(set(parts))
    return _counted(demand, len(parts) if distinct == len(parts) else 1)


def _choice(text: str, demand: Demand) -> Finding:
    phrases = "|".join(r"\s+".join(map(re.escape, phrase.rstrip(".! ").split())) for phrase in demand.texts)
    found = re.search(rf"(?<!\w)(?:{phrases})(?=[.!?\"'*_`)\]\u201d]|\s*$|\s*\n|[,;:]? ?-)", text, re.IGNORECASE)
    return Finding(found is not None, "" if found else f"{demand.form}: none of {len(demand.texts)} phrases")


def _language(text: str, demand: Demand) -> Finding:
    right = is_written_in(text, demand.texts[0])
    return Finding(right is not False, "" if right is not False else f"{demand.form}: not {demand.texts[0]}")


_CHECKS: dict[Form, Check] = {
    Form.JSON: _json,
    Form.FENCE: _fence,
    Form.TABLE: _lines_like(_TABLE),
    Form.BULLETS: _bullets,
    Form.NUMBERED: _lines_like(_NUMBERED),
    Form.LIST: _list,
    Form.HIGHLIGHTS: _matches(_HIGHLIGHT),
    Form.TITLE: _matches(_TITLE),
    Form.SECTIONS: _sections,
    Form.PARAGRAPHS: _paragraphs,
    Form.OPENINGS: _opening,
    Form.LINES: _lines,
    Form.SENTENCES: _sentences,
    Form.WORDS: _words,
    Form.CHARACTERS: _characters,
    Form.LOWER: _case(_UPPER),
    Form.UPPER: _case(_LOWER),
    Form.CAPITALS: _capitals,
    Form.WITHOUT: _without,
    Form.KEYWORDS: _keywords,
    Form.FORBIDDEN: _forbidden,
    Form.FREQUENCY: _frequency,
    Form.LETTERS: _letters,
    Form.START: _start,
    Form.END: _end,
    Form.QUOTED: _quoted,
    Form.PLACEHOLDERS: _matches(_PLACEHOLDER),
    Form.POSTSCRIPT: _postscript,
    Form.PARTED: _parted,
    Form.CHOICE: _choice,
    Form.REPEAT: _start,
    Form.LANGUAGE: _language,
}
