"""A night's rollout, made up, over a real store and a real admin port: what the console's tests look at.

One route is under way: a slice that lost its refusals, one that holds, one that passes, one in which the operator muted
something. Its pairs are real rows; some of what arms, clients and operators wrote in them is meant to break out of a
page.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
import numpy as np

from proxy.examiner.confidence.certifying import judged as judging
from proxy.examiner.confidence.version import Fitted
from proxy.examiner.desk import Desk
from proxy.examiner.orders import Order
from proxy.examiner.status import (
    Cell,
    Decided,
    DirectionStatus,
    GateStatus,
    RouteStatus,
    SliceStatus,
    Tried,
    ViewConfidence,
    Weights,
)
from proxy.store.pair import Pair
from proxy.store.store import Store
from routing.behaviors.label import Label, Presence
from routing.confidence.calibration import Calibration
from routing.confidence.threshold import Target, grid
from routing.divergence import Direction, Trial
from routing.evidence import rates
from routing.evidence.rates import Trials
from routing.rollout import RolloutError
from tests.proxy.confidences import CONFIDENCE, MATH, WHOLE
from tests.proxy.desk import a_desk, filled, served, some_status
from tests.proxy.rollouts import WAIVED, gate, moving_route, slice_status
from tests.proxy.store.samples import pair, reply

NOW = time.time() - 300.0
LEVEL = 0.0125
HOSTILE = (
    "</pre></mark><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
    "' onmouseover='document.title=1' {{ 7 * 7 }} {% raw %} &lt;b&gt; \u202egnp.exe \x00\x1b[2J"
)
_ANSWERS = (
    "I can't look into another customer's account, but I can help with yours. Which order is it about?",
    "Sure. The order shipped on Tuesday and arrives tomorrow; the customer paid with a card that ends in 4242.",
)


def known(direction: Direction, trials: int, diverged: int) -> DirectionStatus:
    """What a gate would know of these counts: the bounds are computed, not invented."""
    counts = Trials(trials, diverged)
    return DirectionStatus(
        direction=direction,
        trials=trials,
        diverged=diverged,
        lower=rates.lower(counts, LEVEL),
        upper=rates.upper(counts, LEVEL),
        noise_trials=trials // 20,
        excess=0.004 if trials >= 20 else None,
    )


def judged(behavior: str, verdict: str, lost: tuple[int, int], **changed: object) -> GateStatus:
    """A gate with these counts of losses, and a few clean gains."""
    both = (known(Direction.LOST, *lost), known(Direction.GAINED, max(1, lost[0] // 3), 0))
    needed = rates.clean_needed(Trials(*lost), 0.03, LEVEL)
    of = f"lost in {lost[1]} of {lost[0]} conversations: between {both[0].lower:.1%} and {both[0].upper:.1%}"
    reasons = {"pass": f"{of}, certified below 3 %", "fail": f"{of}, certified above 6 %"}
    reason = reasons.get(verdict, f"{of}; {needed} more without one certify < 3 %")
    more = needed if verdict == "hold" else None
    return gate(behavior, verdict, directions=both, reason=reason, needed=more, **changed)


def _slices() -> tuple[SliceStatus, ...]:
    failed = judged("refusal", "fail", (41, 12), critical=True)
    general = (
        failed,
        judged("abstention", "hold", (96, 2)),
        judged("clarification", "hold", (58, 0)),
        judged("format", "pass", (812, 3)),
        judged("hedging", "hold", (240, 21), idle=WAIVED),
        judged("answer", "hold", (310, 6)),
        judged("degenerate", "pass", (1240, 1)),
    )
    code = (
        judged("refusal", "hold", (22, 0)),
        judged("format", "pass", (1630, 9)),
        judged("tool_call", "pass", (905, 2)),
        judged("plan_repair", "hold", (64, 1)),
        judged("self_correction", "hold", (31, 0), idle="muted"),
        judged("degenerate", "pass", (1911, 0)),
    )
    math = (
        judged("abstention", "hold", (37, 1)),
        judged("format", "pass", (488, 0)),
        judged("hedging", "hold", (140, 5)),
        judged("answer", "pass", (702, 6)),
        judged("degenerate", "pass", (760, 0)),
    )
    back = f"refusal {failed.reason}"
    return (
        slice_status("code", code, weights=Weights(100, 25, 38.4, 25), verdict="hold", conversations=1911),
        slice_status(
            "general",
            general,
            weights=Weights(100, 25, 1.7, 0),
            taken_back=back,
            limit=f"taken back: {back}",
            conversations=1240,
        ),
        slice_status("math", math, weights=Weights(10, 25, 61.0, 10), limit="the ceiling", conversations=760),
    )


def _bounds(name: str, hours: float) -> dict[str, float]:
    """What bounded a slice's weight so many hours ago: what was earned grew, until one slice lost its refusals."""
    earned = {"code": 38.4, "general": 30.0, "math": 61.0}[name] * (1.0 - hours / 50.0) ** 2
    step = 1.0 if hours > 32 else 5.0 if hours > 12 else 25.0
    fallen = name == "general" and hours < 1
    ceiling = 10.0 if name == "math" and hours < 20 else 100.0
    return {"ceiling": ceiling, "step": step, "earned": 1.7 if fallen else round(earned, 2)}


def _decisions() -> tuple[Decided, ...]:
    """The newest first: five steps up over two days, one slice taken back at night."""
    told: list[Decided] = []

    def add(hours: float, who: str, where: str, what: str, before: str, after: str, why: str = "") -> None:
        known = {name: _bounds(name, hours) for name in ((where,) if where else ("code", "general", "math"))}
        inputs = "{}" if what == "set-weight" else msgspec.json.encode(known).decode()
        told.append(Decided(NOW - 3600 * hours, who, where, what, before, after, why, inputs))

    add(47.0, "controller", "", "phase", "shadow", "canary", "step 1 of 4")
    for name, hours in (("code", 46.9), ("general", 46.5), ("math", 45.0)):
        add(hours, "controller", name, "raise", "0 %", "1 %", "format lost in 0 of 212 conversations")
        add(hours - 14, "controller", name, "raise", "1 %", "5 %", "format lost in 0 of 604 conversations")
    add(20.0, "ana", "math", "set-weight", "no ceiling", "10 %", "homework season")
    for name, hours in (("code", 12.0), ("general", 11.4), ("math", 11.0)):
        add(hours, "controller", name, "raise", "5 %", "10 %" if name == "math" else "25 %", "all gates pass")
    add(0.4, "controller", "general", "lower", "25 %", "0 %", "refusal lost in 12 of 41 conversations: at least 12 %")
    return tuple(sorted(told, key=lambda one: -one.at))


def route(**changed: object) -> RouteStatus:
    """The route under way."""
    made = moving_route(
        phase="canary",
        step=3,
        steps=4,
        waits="general: refusal fails",
        weights=Weights(100, 25, 61, 25),
        slices=_slices(),
        decisions=_decisions()[:5],
        cells=(Cell("general", "refusal", "lost", 41, 12, 12, 1),),
    )
    return dataclasses.replace(made, **changed)  # type: ignore[arg-type] # the fields' own types hold at run time


def shadowed() -> RouteStatus:
    """A route in which nothing has been compared yet."""
    waits = "no slice passes all its gates"
    nothing = route(step=0, waits=waits, weights=Weights(100, 0, 0, 0), slices=(), decisions=(), cells=())
    return dataclasses.replace(nothing, name="shadowed", phase="shadow")


def sure(units: int, skill: float) -> ViewConfidence:
    """A view over so many made-up replies of a student that is rarely wrong, and then less sure: really counted."""
    chance = np.random.default_rng(7)
    confidence = np.sort(1.0 - 0.5 * chance.random(units) ** skill)
    acceptable = chance.random(units) < confidence
    fit = Fitted(Calibration(units=640), grid(confidence, acceptable, TARGET), pooled=False)
    found = judging(fit, confidence, acceptable, TARGET)
    held = found.certificate
    return dataclasses.replace(
        WHOLE,
        threshold=held.threshold if held else None,
        answers=held.answers if held else found.counts.answers[0],
        diverged=held.diverged if held else found.counts.diverged[0],
        of=units,
        brier=found.brier,
        ece=found.error,
        diagram=found.diagram,
        tried=tuple(map(Tried, found.counts.thresholds, found.counts.answers, found.counts.diverged)),
    )


TARGET = Target(0.05, 0.05)
FALLBACKS = {"unsure": 412, "lost_behavior": 57, "first_token_timeout": 9, "student_ill": 31}
CERTIFIED = dataclasses.replace(
    CONFIDENCE,
    target=TARGET.limit,
    slices=(
        *(dataclasses.replace(one, lower=0.0008) for one in CONFIDENCE.slices[:1]),
        dataclasses.replace(MATH, lower=0.0012, views=(sure(4000, 6.0), *MATH.views[1:])),
    ),
)


def lost(number: int, **changed: object) -> Pair:
    """A pair in which the student lost a refusal and gained an answer of its own."""
    teacher, student = _ANSWERS
    turns = b'"messages": [{"role": "system", "content": "You help customers of a shop."}, '
    turns += b'{"role": "user", "content": "Has my neighbor\'s order shipped? What did she pay with?"}]'
    found = (
        Label("refusal", Presence.PRESENT, 0.93, "cannot, with an offer", (0, 44), "partial"),
        Label(
            "clarification", Presence.PRESENT, 0.8, "which ... is it", (_ANSWERS[0].index("Which"), len(_ANSWERS[0]))
        ),
    )
    made = pair(
        number,
        (
            Trial("refusal", Direction.LOST, diverged=True, severity=0.93),
            Trial("clarification", Direction.LOST, diverged=True, severity=0.8),
            Trial("format", Direction.LOST, diverged=False),
        ),
        started=NOW - 60 * number,
        request=b'{"model": "support", ' + turns + b"}",
        teacher=reply(teacher, labels=found),
        student=reply(student, labels=(Label("refusal", Presence.ABSENT, 0.1, "no cue"),), total=0.4, first_token=0.05),
    )
    return dataclasses.replace(made, **changed)  # type: ignore[arg-type] # as above


def alike(number: int) -> Pair:
    """A pair in which one number is another."""
    said = "The parcel left our warehouse in {} on Monday. It usually takes {} working days, so expect it by {}."
    return lost(
        number,
        trials=(Trial("answer", Direction.LOST, diverged=True, severity=0.6),),
        slice="math",
        teacher=reply(said.format("Ulm", "three", "Thursday"), labels=()),
        student=reply(said.format("Ulm", "five", "Saturday"), labels=()),
        noise=reply(said.format("Ulm", "three", "Thursday evening"), labels=()),
        noise_trials=(Trial("answer", Direction.LOST, diverged=False),),
        served="student",
    )


def hostile(number: int) -> Pair:
    """A pair in which everything that an arm or a client wrote is meant to become markup."""
    labels = (Label("refusal", Presence.PRESENT, 0.9, HOSTILE, (3, 40), HOSTILE),)
    return lost(
        number,
        id=f"hostile-{number}",
        request=b'{"messages": [{"role": "user", "content": "<script>alert(1)</script>"}]}',
        teacher=reply(HOSTILE, labels=labels, finish_reason="<script>"),
        student=reply(f"{HOSTILE} and more", labels=(), finish_reason="stop"),
        traceparent="00-<script>-x-01",
        fallback="unsure",
    )


def calling(number: int) -> Pair:
    """A pair of tool calls, of which one argument is another, and one call is the teacher's alone."""

    def body(*calls: tuple[str, str]) -> bytes:
        made = [{"type": "function", "function": {"name": name, "arguments": given}} for name, given in calls]
        choice = {"index": 0, "message": {"role": "assistant", "content": None, "tool_calls": made}}
        return msgspec.json.encode({"choices": [{**choice, "finish_reason": "tool_calls"}]})

    order = '{"order": "A-4711", "carrier": "north", "notify": ["ana@example.com"], "urgent": %s}'
    return lost(
        number,
        trials=(Trial("tool_call", Direction.LOST, diverged=True, severity=0.7),),
        slice="tool_use",
        teacher=reply("", body(("ship_order", order % "true"), ("close_ticket", '{"id": 9}')), labels=()),
        student=reply("", body(("ship_order", order % "false")), labels=()),
    )


def written(number: int, where: str, teacher: str, student: str) -> Pair:
    """A pair of texts that are hard to show."""
    labels = (Label("format", Presence.PRESENT, 0.9, "as asked for", (0, 12)),)
    trials = (Trial("format", Direction.LOST, diverged=True, severity=0.4),)
    return lost(
        number, trials=trials, slice=where, teacher=reply(teacher, labels=labels), student=reply(student, labels=())
    )


_PARAGRAPH = "Paragraph {} of a report that nobody asked to be this long, with a number in it: {}.\n"
HUGE = "".join(_PARAGRAPH.format(number, 7 * number) for number in range(2400))  # some 200 kB
ARABIC = "\u0644\u0627 \u0623\u0633\u062a\u0637\u064a\u0639 \u0645\u0633\u0627\u0639\u062f\u062a\u0643"
HEBREW = "\u05d4\u05d4\u05d6\u05de\u05e0\u05d4 4711 \u05e0\u05e9\u05dc\u05d7\u05d4"
TERMINAL = "\x1b[31mERROR\x1b[0m disk full\r\x07 \x1b]8;;http://evil.example\x07click\x1b]8;;\x07 \x9b2J done"
PICTURE = "![chart](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+) <img src='http://evil.example/x.png'>"
JSON_REPLY = '{\n  "status": "shipped",\n  "days": 3,\n  "items": [{"sku": "A1", "count": 2}]\n}'


PAIRS: Sequence[Pair] = (
    *(lost(number) for number in range(1, 46)),
    alike(50),
    hostile(51),
    calling(60),
    written(61, "long_context", HUGE, HUGE.replace("4200", "4201")),
    written(62, "multilingual", f"{ARABIC}. Order 4711.\n{HEBREW}!", f"{ARABIC} (4711).\nOrder shipped."),
    written(63, "code", f"{TERMINAL}\n{PICTURE}", f"{TERMINAL} again\n{PICTURE}"),
    written(64, "code", JSON_REPLY, JSON_REPLY.replace("3,", '"three",').replace("A1", "A2")),
)


class Orders:
    """Takes down what is ordered; aborting is refused, as in a rollout that never began, unless it is under way."""

    def __init__(self, *, under_way: bool = False) -> None:
        self.taken: list[tuple[str, Order]] = []
        self._under_way = under_way

    async def order(self, name: str, order: Order) -> str:
        """Take it down."""
        if order.verb == "abort" and not self._under_way:
            raise RolloutError("nothing is served, so there is nothing to take back")
        self.taken.append((name, order))
        return f"{order.verb} was done"


def desk(store: Store, orders: Orders | None = None, **changed: object) -> Desk:
    """The desk of that night, over a store of its pairs."""
    made = a_desk(
        store,
        status=lambda: some_status(shadowed(), route()),
        decisions=lambda name, most: _decisions()[:most] if name == "support" else (),
        confidence=lambda name: CERTIFIED if name == "support" else None,
        fallbacks=lambda name: FALLBACKS if name == "support" else {},
        order=(orders or Orders()).order,
    )
    return dataclasses.replace(made, **changed)  # type: ignore[arg-type] # as above


@contextmanager
def console(path: Path, orders: Orders | None = None, port: int = 0, **changed: object) -> Iterator[str]:
    """A console over a store in this directory, on this port or on a free one; its URL."""
    store = filled(path, PAIRS)
    try:
        with served(desk(store, orders, **changed), port) as url:
            yield url
    finally:
        store.close()
