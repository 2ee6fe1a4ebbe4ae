"""What is kept of a rollout, as text: with the evidence, all that a restart needs.

JSON with ``Infinity`` in it, since a pause may wait for ever. A text that cannot be read is an error, never a default:
whoever reads one serves the teacher. The counterpart, which keeps the text, is ``proxy.store.rollouts``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from routing.evidence.changes import Watch
from routing.evidence.rates import Trials
from routing.rollout import Progress


class StateError(ValueError):
    """A state that cannot be read."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A watch over one gate of a slice that is served, the trials it has been fed, and the limit it holds them to."""

    watch: Watch = field(default_factory=Watch)
    fed: Trials = field(default_factory=Trials)
    limit: float = 0.0


@dataclass(frozen=True, slots=True)
class State:
    """A rollout's state.

    Attributes:
        identity: What the evidence is about: ``gating.identity``.
        retries: How often each identity was retried.
        progress: How far it came.
        ceilings: An operator's ceilings beside the file's, percent, by slice; ``default`` for the route.
        watches: Of what is served, by slice, behavior, direction and history, with slashes between them.
    """

    identity: str
    retries: Mapping[str, int] = field(default_factory=dict)
    progress: Progress = field(default_factory=Progress)
    ceilings: Mapping[str, float] = field(default_factory=dict)
    watches: Mapping[str, Watched] = field(default_factory=dict)

    @property
    def epoch(self) -> str:
        """What evidence of now is tagged with."""
        return f"{self.identity}.{self.retries.get(self.identity, 0)}"


def encode(state: State) -> str:
    """The state as text."""
    return json.dumps(msgspec.to_builtins(state), separators=(",", ":"))


def decode(text: str) -> State:
    """The state of a text. Raises ``StateError`` saying what is wrong with it."""
    try:
        return msgspec.convert(json.loads(text), State)
    except (ValueError, msgspec.ValidationError) as error:
        raise StateError(f"the state of the rollout cannot be read: {error}") from error


def remembered(epoch: str) -> State | None:
    """What an epoch tells where the state beside it cannot be read, so that a retry begins one that never was."""
    about, _, retries = epoch.rpartition(".")
    return State(about, {about: int(retries)}) if about and retries.isdecimal() else None
