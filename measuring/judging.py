"""A detector asked about a text as if it were a reply to a prompt."""

from __future__ import annotations

from collections.abc import Iterable

from measuring.data import Authored, Reply
from routing.behaviors.case import Case, Detector
from routing.behaviors.label import Label, Presence
from routing.observation import Arm, Observation
from routing.traits import Endpoint, Traits, Turn


def judged(detect: Detector, text: str, prompt: str = "") -> Label:
    """The label of a reply to what a user said, where nothing else was asked for."""
    seen = Observation(Arm.STUDENT, text=text)
    return detect(Case(Traits(Endpoint.CHAT, (Turn("user", prompt),)), seen, seen, lambda _schema, _value: ""))


def shown(detect: Detector, replies: Iterable[Reply | Authored]) -> list[bool]:
    """For every reply whether it shows the behavior."""
    return [judged(detect, reply.text, reply.prompt).presence is Presence.PRESENT for reply in replies]
