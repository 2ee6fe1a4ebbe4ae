"""Demands on a reply's shape, read off a request's sentences: JSON, lists, tables, sections, titles, dividers.

Knows English only. The counterparts are ``lengths``, ``wording`` and ``keywords``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from routing.behaviors.format.counts import Count, counts, number, times
from routing.behaviors.format.demand import Bounds, Demand, Form
from routing.behaviors.format.sentences import Passage, Reader

EACH = re.compile(r"\b(?:each|every|per|apiece)\b(?! (?:other|(?:paragraph |section )?separated))")
REACH = 80  # characters before a count in which the words stand that frame it
NOT = r"(?:not|\w{1,6}n't|never|avoid(?:ing)?|without|instead of|rather than|refrain(?:ing)? from|no)"

_JSON = re.compile(
    r"\b(?:in|as|into|using|with|use|only|be|valid)\s+(?:an?\s+)?"
    r"(?:(?:valid|single|pure|raw|strict|well-formed|proper|structured|minified|one|plain)[ ,]+){0,3}json\b(?!\s+file)|"
    r"\b(?:return|output|respond|reply|answer|produce|provide|generate|wrap|emit|format|give|contains?)\b"
    r"[^.;\n]{0,60}?\bjson\b(?!\s+(?:file|parser|schema\b))|"
    r"\bjson (?:format|object|block|array|output) ?(?:only|nothing else)"
)
_NOT_JSON = re.compile(
    rf"\b{NOT}\b[^.;\n]{{0,25}}\bjson|\b(?:convert|parse|read|load|translate|how to)\b[^.;\n]{{0,40}}\bjson|"
    r"\b(?:about|explain|describe|what is|following|this|that|these|fix|validate|keywords?|words?|from) "
    r"(?:an? |the )?[\"']?json"
)
_OWN_JSON = re.compile(r"\b(?:entire|whole|your|the) (?:\w+ )?(?:output|response|answer|reply)\b")
_FENCED = re.compile(
    r"\b(?:in|inside|within|as|with|using|into)\s+(?:an?\s+)?(?:(?:single|one|markdown|fenced)\s+){0,2}"
    r"code[ -]?(?:block|fence)s?\b|\btriple backticks\b"
)
_TABLE = re.compile(
    r"\b(?:in|as|into|with|using|use|include|create|make|give me|provide|draw)\s+(?:an?\s+)?(?:\w+\s+)?"
    r"(?:markdown table|table (?:format|form|with columns)|tabular (?:format|form))\b|"
    r"\b(?:in|as) a (?:markdown )?table\b"
)
_BULLET = r"bullet(?:ed)?(?:[ -]?points?| items?| list items?)?|bullets|bulletpoints?"
_ANY_BULLETS = re.compile(
    r"\b(?:in|as|with|using|use|into)\s+(?:an?\s+|markdown\s+|short\s+|concise\s+|brief\s+){0,3}"
    r"(?:bullet(?:ed)?[ -](?:points?|lists?|form|format)|bullets)\b"
)
_LISTING = re.compile(r"\b(?:list|name|give(?: me| us)?|provide(?: me| us)?|suggest|share|offer|write)\s+$")
CHUNK = re.compile(r"[,;:(]|\band\b")
_FOR_EACH = re.compile(r"\b(?:for|under|in|within) (?:each|every)\b")
_EXAMPLE = re.compile(r"\b(?:examples?|samples?|another)\b")
_NO_BULLETS = re.compile(
    rf"\b{NOT}\b(?! (?:more|less|fewer))[^.,;\n]{{0,25}}\b(?:bullet(?:ed)?[ -]?(?:points?|lists?)|bullets)\b"
)
_NUMBERED = re.compile(r"\b(?:numbered|ordered|enumerated)[ -]list\b|\bnumbered (?:steps|points|items)\b")
_NOT_NUMBERED = re.compile(rf"\b{NOT}\b[^.,;\n]{{0,25}}\b(?:numbered|ordered|enumerated)")
_NUMBERED_ITEMS = (
    r"items?|points?|steps|entries|reasons|tips|ideas|examples|facts|elements|numbered (?:steps|points|items)"
)
_HIGHLIGHT = re.compile(r"\b(?:highlight\w*|itali[cs]\w*|bold(?:ed)?|emphasi[sz]e)\b")
_MARKDOWN = re.compile(r"\*|markdown|asterisk|\bitali[cs]|\bbold")
_NO_HIGHLIGHTS = re.compile(rf"\b{NOT}\b(?: (?!and\b)\w+){{0,3}} (?:highlight|itali[cs]|bold|emphasi)")
_HIGHLIGHTED = (
    r"(?:sections?|parts?|words?|phrases?|passages?|keywords?|texts?|sentences?|names?|terms?|titles?|spans?|lines?|"
    r"highlights?|expressions?)"
)
_ANGLES = re.compile(r"<<[^<>\n]{1,60}>>|\bdouble ang(?:ular|led?) brackets\b")
_LETTERED = re.compile(r"[\"'\u201c(]?\b([A-Z][A-Za-z]{2,15}) X\b")
_ENUMERATED = re.compile(r"\b([A-Z][A-Za-z]{2,15}) 1\b[\"']?(?:\W{1,3}| and | to | through ){1,2}[\"']?\1 (\d)\b")
_SECTION = r"sections?|parts?"
_DIVISION = r"sections?|parts?|paragraphs?|chapters?|days?|verses?|stanzas?|advertisements?|versions?|scenes?|acts?"
_MARKED = re.compile(r"\b(?:mark|label|start|begin|not(?:ed|e)|separate|number|head|title)|\bsections?\b")
_SQUARE = re.compile(r"\[[^\[\]\n]{1,30}\]|square brackets")
_POSTSCRIPT = re.compile(
    r"\bpost[- ]?script\b|\b(?:add|include|with|end|finish|write|put)\b[^.\n]{0,40}\bp\.(?:p\.)?s\b"
)
_TWICE_POST = re.compile(r"\bp\.?p\.?s\b")
_DENIED = re.compile(rf"\b{NOT}\b")
_QUOTED = re.compile(
    r"\b(?:wrap\w*|put|enclos\w+|surround\w*|place[ds]?|inside|within|in between|around)\b[^.\n]{0,80}"
    r"\b(?:double )?quot(?:es|ations?)\b|\b(?:double )?quot(?:es|ations?)\b(?: marks?)?[^.\n]{0,40}\baround\b"
)
_WHOLE_REPLY = re.compile(
    r"\b(?:(?:your|the|whole|entire|full)\s+){1,3}(?:response|answer|reply|output|message|text|thing)\b|\beverything\b"
)
_DIVIDER = re.compile(
    r"\b(?P<count>\d|three|four|five|six) (?P<mark>as?terisk|dash|hyphen|equal)|"
    r"(?<![*=-])(?P<row>\*{3,12}|-{3,12}|={3,12})(?![*=-])"
)
_DIVIDER_MARKS = {"a": "*", "d": "-", "h": "-", "e": "="}
_SEPARATED = re.compile(r"\bseparat|\bdivid")
_ALTERNATIVE = (
    r"responses?|answers?|versions?|options?|replies|alternatives?|variants?|jokes?|poems?|stories|scenes?|names?|"
    r"movies?|letters?|emails?|tweets?|haikus?|riddles?|suggestions?|examples?"
)
_PARAGRAPHS = r"paragraphs?|sections?|parts?|chapters?|verses?|stanzas?"


def _json(sentence: Passage, _: Passage) -> Iterator[Demand]:
    lower = sentence.lower
    if _JSON.search(lower) and (_OWN_JSON.search(lower) or not _NOT_JSON.search(lower)):
        yield Demand(Form.JSON)


def _fence(sentence: Passage, _: Passage) -> Iterator[Demand]:
    if _FENCED.search(sentence.lower):
        yield Demand(Form.FENCE)


def _table(sentence: Passage, _: Passage) -> Iterator[Demand]:
    if _TABLE.search(sentence.lower):
        yield Demand(Form.TABLE)


def _bullets(sentence: Passage, whole: Passage) -> Iterator[Demand]:
    if _NO_BULLETS.search(sentence.lower):
        yield Demand(Form.BULLETS, Bounds(0, 0))
    elif found := _counted(sentence, _BULLET):
        yield Demand(Form.BULLETS, found.bounds)
    elif _ANY_BULLETS.search(sentence.lower) and _counted(whole, _BULLET) is None:
        yield Demand(Form.BULLETS, _things(whole.lower) or Bounds(1))


def _numbered(sentence: Passage, _: Passage) -> Iterator[Demand]:
    if _NUMBERED.search(sentence.lower) and not _NOT_NUMBERED.search(sentence.lower):
        found = _counted(sentence, _NUMBERED_ITEMS)
        yield Demand(Form.NUMBERED, found.bounds if found else Bounds(1))


def _highlights(sentence: Passage, _: Passage) -> Iterator[Demand]:
    lower = sentence.lower
    if not (_HIGHLIGHT.search(lower) and _MARKDOWN.search(lower)) or _NO_HIGHLIGHTS.search(lower):
        return
    if found := _counted(sentence, _HIGHLIGHTED):
        yield Demand(Form.HIGHLIGHTS, found.bounds if found.stated else Bounds(found.bounds.least))
    else:
        yield Demand(Form.HIGHLIGHTS, Bounds((times(lower) or Bounds(1)).least))


def _title(sentence: Passage, _: Passage) -> Iterator[Demand]:
    if _ANGLES.search(sentence.lower):
        yield Demand(Form.TITLE)


def _sections(sentence: Passage, whole: Passage) -> Iterator[Demand]:
    if not _MARKED.search(sentence.lower):
        return
    if lettered := _LETTERED.search(sentence.text):
        called = [text.lower.replace(lettered[1].lower(), "section") for text in (sentence, whole)]
        found = _first(called[0], _SECTION) or _first(called[1], _SECTION) or _first(whole.lower, _DIVISION)
        yield Demand(Form.SECTIONS, Bounds(found.bounds.least if found else 1), (lettered[1],))
    elif listed := _ENUMERATED.search(sentence.text):
        yield Demand(Form.SECTIONS, Bounds(int(listed[2])), (listed[1],))


def _placeholders(sentence: Passage, _: Passage) -> Iterator[Demand]:
    if found := _counted(sentence, r"placeholders?"):
        yield Demand(Form.PLACEHOLDERS, found.bounds if found.stated else Bounds(found.bounds.least))
    elif _SQUARE.search(sentence.lower):
        yield Demand(Form.PLACEHOLDERS)


def _postscript(sentence: Passage, _: Passage) -> Iterator[Demand]:
    if _POSTSCRIPT.search(sentence.lower) and not _DENIED.search(sentence.text):
        yield Demand(Form.POSTSCRIPT, texts=("P.P.S" if _TWICE_POST.search(sentence.lower) else "P.S.",))


def _quoted(sentence: Passage, _: Passage) -> Iterator[Demand]:
    if _QUOTED.search(sentence.lower) and _WHOLE_REPLY.search(sentence.lower):
        yield Demand(Form.QUOTED)


def _parted(sentence: Passage, whole: Passage) -> Iterator[Demand]:
    divider = _divider(sentence.lower) if _SEPARATED.search(sentence.lower) else ""
    if not divider:
        return
    kinds = ((Form.PARAGRAPHS, _PARAGRAPHS), (Form.PARTED, _ALTERNATIVE))
    found = ((form, _first(text.lower, unit)) for text in (sentence, whole) for form, unit in kinds)
    form, count = next(((form, count) for form, count in found if count), (Form.PARTED, None))
    yield Demand(form, count.bounds if count else Bounds(2), (divider,))


def _divider(lower: str) -> str:
    found = _DIVIDER.search(lower)
    if found is None:
        return ""
    return found["row"] or _DIVIDER_MARKS[found["mark"][0]] * number(found["count"])


def _counted(sentence: Passage, unit: str) -> Count | None:
    """The first count of the unit that is about the whole reply, not about each of its parts, nor an example."""
    return next((found for found in counts(sentence.lower, unit) if is_of_whole(sentence, found)), None)


def _first(lower: str, unit: str) -> Count | None:
    return next(counts(lower, unit), None)


def is_of_whole(sentence: Passage, found: Count) -> bool:
    """Whether a count is about the whole reply: not "for each section, three bullets" nor "one example bullet"."""
    start, end = found.span
    chunk = last_chunk(sentence, start)
    return not (
        EACH.search(chunk)
        or EACH.search(sentence.lower, end, end + 25)
        or _FOR_EACH.search(sentence.lower, 0, start)
        or _EXAMPLE.search(chunk + found.text)
    )


def last_chunk(sentence: Passage, stop: int) -> str:
    """What stands between the last comma or "and" before ``stop`` and there, in lower case."""
    return sentence.lower[stop - len(CHUNK.split(sentence.text[:stop])[-1]) : stop]


def _things(lower: str) -> Bounds | None:
    """How many things are to be listed, if one number says it: "give me five tips"."""
    found = [
        found
        for found in counts(lower, r"[a-z-]{2,20}s")
        if _LISTING.search(lower, max(0, found.span[0] - REACH), found.span[0])
    ]
    return found[0].bounds if len(found) == 1 else None


READERS = (
    Reader(("json",), _json),
    Reader(("code block", "code fence", "code-block", "backtick"), _fence),
    Reader(("table", "tabular"), _table),
    Reader(("bullet",), _bullets),
    Reader(("numbered", "ordered", "enumerated"), _numbered),
    Reader(("highlight", "italic", "bold", "emphasi"), _highlights),
    Reader(("<<", "double ang"), _title),
    Reader((" x", " 1"), _sections),
    Reader(("placeholder",), _placeholders),
    Reader(("postscript", "post script", "post-script", "p.s"), _postscript),
    Reader(("quot",), _quoted),
    Reader(("***", "---", "===", "asterisk", "dash", "hyphen"), _parted),
)
