"""How ``grounding`` is measured: citation marks of three systems, their invented twins, and replies without any.

The set's requests do not hold the sources that its replies cite, only a list of addresses beside them. So replies are
judged as they are (the source cannot be seen), with the list put into the request (every mark names something), with a
list of other numbers there (none does), and with their marks taken out. Whether a source supports its claim is labeled
too, but is not to be seen from the mark; the note says how many of the claims have one, by that label.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from measuring.data import Reply, replies
from measuring.judging import NONE, Verdict, verdict
from measuring.scores import Result, Subject, false_positives, scored
from proxy.wire.schemas import check_schema
from routing.behaviors import grounding
from routing.behaviors.case import Case
from routing.behaviors.citations import marks, without_code
from routing.behaviors.label import Label, Presence
from routing.observation import Arm, Observation
from routing.traits import Endpoint, Traits, Turn

_SOURCE = "expertqa_citations"
_MARK = re.compile(r"\s?\[\d{1,3}(?:, ?\d{1,3})*\]")
_NUMBER = re.compile(r"^\[(\d+)\]")
_ELSEWHERE = 500  # what is added to a source's number so that no mark names it
_WITHOUT = ("xstest_responses", "truthfulqa_informative", "in3_clarify_llm", "ifeval_format")


@dataclass(frozen=True, slots=True)
class Cited:
    """A reply, the list of what it cites, and whether people found citations in it."""

    text: str
    prompt: str
    model: str
    sources: tuple[str, ...]
    cites: bool
    claims: tuple[tuple[str, str], ...]  # a claim, and how its sources support it


def results(data: Path) -> list[Result]:
    """The lines of the report."""
    rows = _rows(data)
    return [*(_of_marks(rows) if rows else []), *(line for name in _WITHOUT for line in _of_others(data, name))]


def _of_marks(rows: list[Cited]) -> list[Result]:
    subject = Subject("grounding", _SOURCE, "has_citation", note=_claims(rows))
    lines = [scored(subject, [row.cites for row in rows], [_found(row.text, row.prompt) for row in rows])]
    for model in sorted({row.model for row in rows}):
        part = [row for row in rows if row.model == model]
        about = Subject("grounding", _SOURCE, "has_citation", model, "nothing was fitted")
        lines.append(scored(about, [row.cites for row in part], [_found(row.text, row.prompt) for row in part]))
    return [*lines, _of_twins([row for row in rows if row.cites])]


def verdicts(data: Path) -> Iterator[Verdict]:
    """Of what people found citations in, as it stands and with its sources; and of sets without sources."""
    rows = _rows(data)
    cases = [(row, row.text, (), row.cites) for row in rows] + [
        case for row in rows if row.cites for case in _twins(row)
    ]
    for row, text, sources, cites in cases:
        reply = Reply(text, row.prompt, "", row.model)
        yield verdict(_SOURCE, reply, "grounding" if cites else NONE, _label(text, row.prompt, sources))
    for name in _WITHOUT:
        for reply in replies(data, name):
            yield verdict(name, reply, NONE, _label(reply.text, ""))


def _twins(row: Cited) -> list[tuple[Cited, str, tuple[str, ...], bool]]:
    """The reply with its sources, with others, and without its marks; and whether it names a source given."""
    return [
        (row, row.text, row.sources, True),
        (row, row.text, _renumbered(row.sources), False),
        (row, _MARK.sub("", row.text), row.sources, False),
    ]


def _of_twins(cited: list[Cited]) -> Result:
    cases = [case for row in cited for case in _twins(row)]
    truth = [names for _, _, _, names in cases]
    found = [_found(text, row.prompt, sources) for row, text, sources, _ in cases]
    note = "its sources in the request; the same with other numbers; the same without marks"
    return scored(Subject("grounding", _SOURCE, "names a given source", note=note), truth, found)


def _of_others(data: Path, name: str) -> list[Result]:
    texts = [reply.text for reply in replies(data, name)]
    subject = Subject("grounding", name, "mark", note="no sources were given")
    return [false_positives(subject, [_found(text, "") for text in texts])] if texts else []


def _found(text: str, prompt: str, sources: tuple[str, ...] = ()) -> bool:
    return _label(text, prompt, sources).presence is Presence.PRESENT


def _label(text: str, prompt: str, sources: tuple[str, ...] = ()) -> Label:
    turns = (*((Turn("tool", "\n".join(sources)),) if sources else ()), Turn("user", prompt))
    reply = Observation(Arm.STUDENT, text=text)
    return grounding.detect(Case(Traits(Endpoint.CHAT, turns), reply, reply, check_schema))


def _renumbered(sources: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_NUMBER.sub(lambda found: f"[{int(found[1]) + _ELSEWHERE}]", source) for source in sources)


def _claims(rows: list[Cited]) -> str:
    """How many of the claims have a mark, by how their sources support them."""
    listed = [claim for row in rows for claim in row.claims]
    total = Counter(support for _, support in listed)
    marked = Counter(support for claim, support in listed if any(marks(without_code(claim))))
    return "claims with a mark: " + ", ".join(
        f"{support} {marked[support]}/{count}" for support, count in total.items()
    )


def _rows(data: Path) -> list[Cited]:
    path = data / _SOURCE / "dev.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [_row(json.loads(line)) for line in lines]


def _row(row: Mapping[str, str | list[str] | list[dict[str, str | None]]]) -> Cited:
    return Cited(
        text=str(row["response"]),
        prompt=str(row["prompt"]),
        model=str(row["model"]),
        sources=tuple(str(source) for source in row["attribution"]),
        cites=row["label"] == "has_citation",
        claims=tuple(
            (str(c["claim"]), str(c["support"])) for c in row["claims"] if isinstance(c, dict) and c["support"]
        ),
    )
