"""Pairs to write: complete by default, and varied where a test says so."""

from __future__ import annotations

import dataclasses

from proxy.config.settings import Privacy
from proxy.store.entry import Compared
from proxy.store.pair import Pair, Reply
from routing.behaviors.label import Label, Presence
from routing.divergence import Direction, Trial

EVERYTHING = Privacy(agreeing_sample=100.0)
LOST = (Trial("refusal", Direction.LOST, diverged=True, severity=0.75),)
AGREED = (Trial("format", Direction.GAINED, diverged=False), Trial("format", Direction.LOST, diverged=False))


def reply(text: str = "I cannot help with that.", body: bytes | None = None, **changed: object) -> Reply:
    """A complete reply, with a label whose span is in its text."""
    label = Label("refusal", Presence.PRESENT, 0.9, "cannot help", (2, 13))
    made = Reply(
        status=200,
        failure="",
        content_type="application/json",
        body=b'{"choices": []}' if body is None else body,
        text=text,
        finish_reason="stop",
        first_token=0.25,
        total=1.5,
        prompt_tokens=12,
        completion_tokens=34,
        labels=(label,),
    )
    return dataclasses.replace(made, **changed)  # type: ignore[arg-type] # the fields' own types hold at run time


def pair(number: int = 0, trials: tuple[Trial, ...] = LOST, **changed: object) -> Pair:
    """The pair of this number, started that many seconds after the epoch's first billion."""
    made = Pair(
        id=f"pair-{number:06}",
        route="support",
        endpoint="chat_completions",
        slice="general",
        started=1_000_000_000.125 + number,
        conversation="c0ffee",
        request=b'{"model": "support", "messages": []}',
        teacher=reply(),
        student=reply("Sure, here you go.", labels=()),
        trials=trials,
        traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    )
    return dataclasses.replace(made, **changed)  # type: ignore[arg-type] # as above


def noisy(number: int = 0) -> Pair:
    """A pair with a second reply of the teacher, which agreed with the first."""
    agreed = (Trial("refusal", Direction.LOST, diverged=False),)
    return pair(number, noise=reply("I can't help with that."), noise_trials=agreed)


def refused(number: int = 0) -> Pair:
    """A pair that every database refuses: the type rules it out, and so does the column."""
    return pair(number, (Trial("refusal", Direction.LOST, diverged=None),))  # type: ignore[arg-type] # see above


def compared(number: int = 0, trials: tuple[Trial, ...] = LOST, **changed: object) -> Compared:
    """A pair on its way to the writer, under a privacy that keeps everything."""
    return Compared(pair(number, trials, **changed), EVERYTHING)
