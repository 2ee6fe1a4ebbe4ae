"""Words and signs that the pages have for what the status says: one for each verdict, phase and order.

A sign stands beside every color, because not everybody sees colors. Sentences about gates and weights are
``proxy.examiner.wording``'s, the same as on the command line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from proxy.examiner import wording
from proxy.examiner.orders import Verb

SIGNS: Mapping[str, str] = {wording.PASS: "✓", wording.HOLD: "…", wording.FAIL: "✗"}
NO_SIGN = "\N{EN DASH}"


def sign(verdict: str) -> str:
    """A verdict's sign."""
    return SIGNS.get(verdict, NO_SIGN)


def tone(verdict: str) -> str:
    """The class that a verdict is styled by: of a closed set, whatever the verdict is."""
    return verdict if verdict in SIGNS else "none"


def words(name: str) -> str:
    """An identifier as people say it: ``tool_call`` is a tool call."""
    return name.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Order:
    """How a verb is offered: its title, what it does, and whether it moves traffic at once.

    ``hurried`` orders ask nobody for a name: at night that is one thing too many.
    """

    verb: Verb
    title: str
    does: str
    grave: bool = False
    hurried: bool = False


ORDERS: Mapping[Verb, Order] = {
    one.verb: one
    for one in (
        Order(
            Verb.PROMOTE,
            "Promote",
            "Lets the step that waits pass. With all steps at once, every slice climbs as fast as its gates pass.",
        ),
        Order(Verb.PAUSE, "Pause", "Raises nothing until it is resumed. Gates may still take back."),
        Order(
            Verb.RESUME,
            "Resume",
            "Goes on from where it was paused; where nothing is paused, slices that were taken back climb again.",
        ),
        Order(
            Verb.SET_WEIGHT,
            "Set ceiling",
            "Sets the most that the student may serve. A lower ceiling holds at once; a higher one lets it climb.",
        ),
        Order(
            Verb.RETRY,
            "Retry",
            "Starts again in shadow, on new evidence only. The teacher serves everything until then.",
            grave=True,
        ),
        Order(
            Verb.ABORT,
            "Abort",
            "Takes everything back to the teacher, at once. The rollout stays rolled back until somebody retries.",
            grave=True,
            hurried=True,
        ),
    )
}

FILTERS = {
    "sign": sign,
    "tone": tone,
    "words": words,
    "position": wording.position,
    "served": wording.served,
    "most_served": wording.most_served,
    "limited": wording.limited,
    "decider": wording.decider,
    "standing": wording.standing,
    "besides": wording.besides,
    "missing": wording.missing,
    "limits": wording.limits,
    "acting": wording.acting,
    "promised": wording.promised,
    "kept": wording.kept,
}
