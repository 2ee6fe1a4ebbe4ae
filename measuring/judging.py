"""A detector asked about a text as if it were a reply to a prompt, and its label held against what people said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from measuring.data import Authored, Reply
from routing.behaviors.case import Case, Detector
from routing.behaviors.label import Label, Presence
from routing.observation import Arm, Observation
from routing.traits import Endpoint, Traits, Turn

NONE = "absent"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One reply, what it is (``truth``) and what the detector took it for (``found``), in the words of its labels.

    ``sureness`` in [0, 1] is how sure the detector was of what it found; ``rule`` and ``span`` are its label's.
    """

    behavior: str
    source: str
    prompt: str
    text: str
    truth: str
    found: str
    sureness: float
    rule: str = ""
    span: tuple[int, int] | None = None

    @property
    def wrong(self) -> bool:
        """Whether the two differ."""
        return self.truth != self.found


def judged(detect: Detector, text: str, prompt: str = "") -> Label:
    """The label of a reply to what a user said, where nothing else was asked for."""
    seen = Observation(Arm.STUDENT, text=text)
    return detect(Case(Traits(Endpoint.CHAT, (Turn("user", prompt),)), seen, seen, lambda _schema, _value: ""))


def shown(detect: Detector, replies: Iterable[Reply | Authored]) -> list[bool]:
    """For every reply whether it shows the behavior."""
    return [judged(detect, reply.text, reply.prompt).presence is Presence.PRESENT for reply in replies]


def verdict(source: str, reply: Reply | Authored, truth: str, label: Label) -> Verdict:
    """A label held against the truth, which is what the behavior is called where it is present, else ``NONE``."""
    present = label.presence is Presence.PRESENT
    sureness = label.score if present else 1 - label.score
    found = (label.variant or label.behavior) if present else NONE
    return Verdict(label.behavior, source, reply.prompt, reply.text, truth, found, sureness, label.rule, label.span)


def verdicts(
    source: str, detect: Detector, replies: Iterable[Reply | Authored], positive: str = ""
) -> Iterator[Verdict]:
    """What a detector says of each reply; those labeled ``positive`` show the behavior, without it none does."""
    for reply in replies:
        label = judged(detect, reply.text, reply.prompt)
        truth = label.behavior if positive and reply.label == positive else NONE
        yield verdict(source, reply, truth, label)
