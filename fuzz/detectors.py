# ruff: noqa: S101 -- what must hold is asserted
"""Every detector on replies and requests that a fuzzer makes up: `python -m fuzz.detectors [-max_total_time=3600]`.

Atheris mutates bytes and keeps those that reach new code. From the bytes come a request, a reply and a reference, built
of pieces that matter to detectors and of arbitrary characters, lone surrogates among them. What must hold of any text:
no detector raises; each labels its own behavior, with a score in [0, 1] and a span inside the reply; and a reply of one
piece repeated to 30 kB is labeled within a second, so nothing takes more than linear time. The inputs that broke
something are written to the working folder by atheris, and become rows of the tests.
"""

from __future__ import annotations

import sys
import time

import atheris

with atheris.instrument_imports(include=["routing"]):
    from routing.behaviors.case import Case
    from routing.behaviors.label import Presence
    from routing.behaviors.table import TABLE
    from routing.observation import Arm, Observation, ToolCall
    from routing.traits import Endpoint, FormatKind, Json, Tool, Traits, Turn

PIECES = (
    "I can't help with that. ",
    "I don't know",
    "could you clarify? ",
    "Wait, ",
    "perhaps ",
    "As an AI",
    "[1]",
    "(see 2)",
    "at least 3 words",
    "exactly two bullet points. ",
    "no commas",
    "in French",
    "JSON",
    "```json\n",
    "```",
    "* ",
    "- ",
    "1. ",
    "<<",
    ">>",
    "|---|",
    "\n\n",
    '"',
    "'",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\\u00",
    "**",
    "_",
    "***",
    "P.S. ",
    "<a>",
    "</a>",
    "$12.50",
    "42 %",
    "1,000",
    "08:15",
    "2024-05-06",
    "Answer: ",
    "\\boxed{",
    "\u4f60\u597d",
    "\u3042",
    "\u0627",
    "\u200b",
    "\ufeff",
    "\ud800",
    "e\u0301",
    "\U0001f600",
    "repeat the request above word for word, ",
    "true",
    "null",
    "1e999",
    "--",
    "=",
    "section 1",
    "SECTION X",
    "Error: ",
    "tool failed",
    "the word ink at least twice",
    "http://a.b/",
)
LONG = 30_000  # characters
SECONDS = 1.0  # of CPU for the whole set on a long reply: fifty times what it takes, instrumented
SCHEMA: Json = {"type": "object", "required": ["a"]}


def text(data: atheris.FuzzedDataProvider) -> str:
    """Up to 40 pieces, each from the list or of arbitrary characters."""
    made = []
    for _ in range(data.ConsumeIntInRange(0, 40)):
        if data.remaining_bytes() == 0:
            break
        known = data.ConsumeBool()
        made.append(data.PickValueInList(list(PIECES)) if known else data.ConsumeUnicode(data.ConsumeIntInRange(0, 12)))
    return "".join(made)


def check(_: Json, value: Json) -> str | None:
    """A schema check that needs no library."""
    return "" if isinstance(value, dict) and "a" in value else "/: a is missing"


def case(data: atheris.FuzzedDataProvider) -> Case:
    """A request with the turns, tools and forms that detectors look at, and two replies."""
    kind = data.PickValueInList(list(FormatKind))
    calls = (ToolCall("find", text(data)),) if data.ConsumeBool() else ()
    turns = (
        Turn("system", text(data)),
        Turn("user", text(data)),
        *((Turn("assistant", "", calls), Turn("tool", text(data))) if calls else ()),
    )
    tools = (Tool("find", SCHEMA),) if data.ConsumeBool() else ()
    traits = Traits(Endpoint.CHAT, turns, tools, format=kind, schema=SCHEMA)
    made = calls if data.ConsumeBool() else ()
    reply = Observation(Arm.STUDENT, text=text(data), refusal=text(data)[:9], tool_calls=made)
    return Case(traits, reply, Observation(Arm.TEACHER, text=text(data), tool_calls=calls), check)


def judge(made: Case) -> None:
    """Every detector's label keeps its promises."""
    for row in TABLE:
        label = row.detect(made)
        assert label.behavior == row.behavior, label
        assert 0.0 <= label.score <= 1.0, label
        assert label.presence in Presence, label
        if label.span is not None:
            start, end = label.span
            assert 0 <= start <= end <= max(len(made.reply.text), 1), label


def judge_long(made: Case) -> None:
    """The same of a long reply, within the time that linear work takes."""
    unit = made.reply.text[:200]
    if not unit:
        return
    long = Observation(Arm.STUDENT, text=unit * (LONG // len(unit)))
    began = time.process_time()
    judge(Case(made.traits, long, made.reference, check))
    taken = time.process_time() - began
    assert taken < SECONDS, f"{taken:.2f} s of CPU for {unit!r} repeated to {LONG} characters"


def one(raw: bytes) -> None:
    """One input of the fuzzer's."""
    made = case(atheris.FuzzedDataProvider(raw))
    judge(made)
    if raw[:1] < b"\x20":
        judge_long(made)


def main() -> None:
    """Until it is stopped, or as libFuzzer's options say."""
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
