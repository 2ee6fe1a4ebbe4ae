"""One pair as its page shows it: what was asked, both replies in pieces, what was found, and what follows in the list.

It reads what is stored and judges nothing anew. Bodies are read again for what text does not hold, such as tool calls.
The counterpart on a terminal is ``proxy.cli.side_by_side``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from proxy.examiner.console.differing import Difference, Range, common, difference
from proxy.examiner.console.marking import LONGEST, Piece, pieces
from proxy.examiner.documents import observed
from proxy.store.pair import Pair, Reply
from proxy.wire.errors import WireError
from proxy.wire.requests import read_traits
from routing.behaviors.label import Label, Presence
from routing.divergence import Trial
from routing.observation import Arm
from routing.traits import Endpoint, Turn

LEAST_SHARED = 0.25
"""Of the words of the shorter reply: below it two replies are not alike, and to mark every word would say nothing."""
_AGAIN = "Teacher, asked again"
_UNLIKE = "The replies have hardly a word in common, so differences are not marked."
_LONG = "The replies are too long to be compared word by word."
_BEYOND = "What is shown of both replies is the same; they first differ at character {:,}."

Both = tuple[Sequence[Range], Sequence[Range]]  # what only the teacher has, and only the student


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call in pieces: its name, and its arguments as they came; ``more`` characters of it are not shown."""

    pieces: tuple[Piece, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Side:
    """One arm's reply. ``more`` is how many characters of its text are not shown."""

    title: str
    served: bool
    reply: Reply
    pieces: tuple[Piece, ...]
    more: int
    calls: tuple[Call, ...]
    body: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one behavior: each reply's label, and how the student and the teacher alone diverged."""

    behavior: str
    labels: tuple[Label | None, ...]
    diverged: tuple[Trial, ...]
    tried: bool
    noise: tuple[Trial, ...]

    @property
    def tells(self) -> bool:
        """Whether there is anything to see."""
        shown = any(label is not None and label.presence is Presence.PRESENT for label in self.labels)
        return shown or bool(self.diverged) or bool(self.noise)


@dataclass(frozen=True, slots=True)
class PairView:
    """All of it. ``query`` are the filters of the list it was opened from, ``older`` the next pair there, or ""."""

    pair: Pair
    turns: tuple[Turn, ...]
    request: str
    sides: tuple[Side, ...]
    note: str
    findings: tuple[Finding, ...]
    query: str
    older: str

    @property
    def trace(self) -> str:
        """The id of the trace of the served request, "" where it has none."""
        parts = self.pair.traceparent.split("-")
        return parts[1] if len(parts) > 1 else ""


def pair_view(pair: Pair, query: str, older: str) -> PairView:
    """What the page of a pair shows."""
    apart = difference(pair.teacher.text[:LONGEST], pair.student.text[:LONGEST])
    alike = apart is not None and apart.shared >= LEAST_SHARED
    both: Both = (apart.left, apart.right) if apart and alike else ((), ())
    teacher, student = _read(pair, Arm.TEACHER, pair.teacher), _read(pair, Arm.STUDENT, pair.student)
    called = [_called(*calls) for calls in zip_longest(teacher.calls, student.calls, fillvalue="")]
    sides = [
        _side(pair, "Teacher", teacher, both[0], [of[0] for of in called]),
        _side(pair, "Student", student, both[1], [of[1] for of in called]),
    ]
    if pair.noise is not None:
        sides.append(_side(pair, _AGAIN, _read(pair, Arm.TEACHER, pair.noise), (), ()))
    spoken = bool(pair.teacher.text and pair.student.text)
    return PairView(
        pair=pair,
        turns=_turns(pair),
        request=pair.request.decode("utf-8", "replace")[:LONGEST],
        sides=tuple(sides),
        note=_note(pair, apart) if spoken else "",
        findings=tuple(_findings(pair, [side.reply for side in sides])),
        query=query,
        older=older,
    )


def _note(pair: Pair, apart: Difference | None) -> str:
    """What is to be said of the differences: why none are marked, or where they begin if that is not shown."""
    if apart is None:
        return _LONG
    if apart.shared < LEAST_SHARED:
        return _UNLIKE
    one, other = pair.teacher.text, pair.student.text
    shown_alike = one[:LONGEST] == other[:LONGEST]
    return _BEYOND.format(common(one, other) + 1) if shown_alike and one != other else ""


@dataclass(frozen=True, slots=True)
class _Read:
    """What one arm said: its text, and its calls as texts."""

    arm: Arm
    reply: Reply
    text: str
    calls: tuple[str, ...]


def _read(pair: Pair, arm: Arm, reply: Reply) -> _Read:
    found = observed(pair.endpoint, arm, reply)
    text = reply.text or (found.text or found.refusal if found else "")
    calls = found.tool_calls if found else ()
    return _Read(arm, reply, text, tuple(f"{call.name}({call.arguments})" for call in calls))


def _called(teacher: str, student: str) -> Both:
    """In what two calls differ that come at the same place: all of one that only one arm makes, or that is another."""
    apart = difference(teacher[:LONGEST], student[:LONGEST])
    if apart is None or apart.shared >= LEAST_SHARED:
        return (apart.left, apart.right) if apart else ((), ())
    return (((0, len(teacher)),), ((0, len(student)),))


def _side(pair: Pair, title: str, said: _Read, only: Sequence[Range], apart: Sequence[Sequence[Range]]) -> Side:
    body = "" if said.text or said.calls else said.reply.body.decode("utf-8", "replace")
    return Side(
        title=title,
        served=pair.served == said.arm and title != _AGAIN,
        reply=said.reply,
        pieces=pieces(said.text, said.reply.labels, only) if said.text else (),
        more=max(0, len(said.text) - LONGEST),
        calls=tuple(
            Call(pieces(call, (), ranges), max(0, len(call) - LONGEST))
            for call, ranges in zip(said.calls, apart or [()] * len(said.calls), strict=False)
        ),
        body=body[:LONGEST],
    )


def _turns(pair: Pair) -> tuple[Turn, ...]:
    if pair.endpoint not in set(Endpoint):
        return ()
    try:
        return read_traits(Endpoint(pair.endpoint), pair.request).turns
    except WireError:  # privacy kept no body, or it was none: the page shows what there is
        return ()


def _findings(pair: Pair, replies: Sequence[Reply]) -> Iterator[Finding]:
    """The behaviors that anything was found of, those that diverged first."""
    by_reply = [{label.behavior: label for label in reply.labels} for reply in replies]
    tried = {trial.behavior for trial in pair.trials}
    names = dict.fromkeys([*(name for labels in by_reply for name in labels), *sorted(tried)])
    found = [
        Finding(
            behavior=name,
            labels=tuple(labels.get(name) for labels in by_reply),
            diverged=_diverged(pair.trials, name),
            tried=name in tried,
            noise=_diverged(pair.noise_trials, name),
        )
        for name in names
    ]
    yield from sorted(found, key=lambda one: (not one.diverged, not one.tells))


def _diverged(trials: Iterable[Trial], behavior: str) -> tuple[Trial, ...]:
    return tuple(trial for trial in trials if trial.behavior == behavior and trial.diverged)
