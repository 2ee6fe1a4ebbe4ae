"""What deciding who serves costs a worker: ``python -m benchmarks.decision``.

Microseconds of CPU per decision, from a request's headers and raw body, on chat requests of 2 kB of which no two are
alike. Each case stops at another step: no weight, a unit from a header, from the body, from the conversation, and a
bucket between the weights of slices, for which the slice must be told. Rounds are interleaved; a number is the median
of them, with the least and the most. The goal is 20 us with a unit from a header. Then ``benchmarks.growth`` shows what
becomes of it over thousands of routes, and ``benchmarks.cells`` what storing a pair costs beside their evidence. It
refuses to judge; it prints.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from benchmarks import cells, growth
from proxy.config.settings import Route, Sticky, Upstream
from proxy.upstream import Headers
from proxy.worker.units import RequestFacts
from routing.assignment import BUCKETS
from routing.decision import Standing, decide
from routing.traits import Endpoint, Slice

ROUNDS, REQUESTS = 15, 400
GOAL = 20.0  # us, with a unit from a header
_TEXT = (
    "You are the assistant of a small railway. Passenger {number} asks how tickets, changes of train and refunds work "
    "on the line along the coast, and what to do when the last connection of the evening is late. Say what depends on "
    "the day of travel. "
)  # fmt: skip
_HALF = BUCKETS // 2
_EVERYWHERE: Mapping[str, int] = dict.fromkeys(Slice, _HALF)
_APART: Mapping[str, int] = {**dict.fromkeys(Slice, BUCKETS), Slice.MATH: 0}  # every bucket lies between


@dataclass(frozen=True, slots=True)
class Case:
    """One way through a decision."""

    name: str
    sticky: Sticky
    weights: Mapping[str, int]


CASES = (
    Case("weight 0", Sticky(("header:x-user-id",)), {}),
    Case("header", Sticky(("header:x-user-id",)), _EVERYWHERE),
    Case("API key", Sticky(("api_key",)), _EVERYWHERE),
    Case("field of the body", Sticky(("body:metadata.user",)), _EVERYWHERE),
    Case("conversation", Sticky(("conversation",)), _EVERYWHERE),
    Case("header, slice told", Sticky(("header:x-user-id",)), _APART),
    Case("conversation, slice told", Sticky(("conversation",)), _APART),
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    rounds = parser.parse_args().rounds
    measured: dict[str, list[float]] = {case.name: [] for case in CASES}
    for turn in range(rounds + 1):
        requests = [_request(turn * REQUESTS + number) for number in range(REQUESTS)]
        for case in CASES:
            cost = _measure(case, requests)
            if turn:  # the first warms
                measured[case.name].append(cost)
    console = Console()
    console.print(_table(measured))
    growth.report(console, rounds)
    cells.report(console, rounds)


def _request(number: int) -> tuple[Headers, bytes]:
    messages = [
        {"role": "system", "content": _TEXT.format(number=number) * 2},
        {"role": "user", "content": _TEXT.format(number=number) * 6},
    ]
    body = {"model": "railway", "metadata": {"user": f"u-{number}"}, "stream": True, "messages": messages}
    headers = (
        *((b"host", b"proxy:8080"), (b"accept", b"application/json"), (b"content-type", b"application/json")),
        *((b"user-agent", b"OpenAI/Python 1.99.1"), (b"x-stainless-lang", b"python"), (b"connection", b"keep-alive")),
        *((b"authorization", b"Bearer sk-%d" % number), (b"x-user-id", b"u-%d" % number)),
    )
    return headers, json.dumps(body).encode()


def _measure(case: Case, requests: Sequence[tuple[Headers, bytes]]) -> float:
    """Microseconds of CPU for one decision, the mean of a round."""
    upstream = Upstream("http://127.0.0.1:9/v1", "small")
    route = Route("railway", ("railway",), upstream, upstream, sticky=case.sticky)
    standing = Standing({"railway": case.weights}, expires=float("inf"))
    began = time.process_time_ns()
    for headers, body in requests:
        decide(standing, RequestFacts(route, Endpoint.CHAT, headers, body, None), 0.0)
    return (time.process_time_ns() - began) / len(requests) / 1000


def _table(measured: Mapping[str, Sequence[float]]) -> Table:
    table = Table("unit from", "us (median)", "least", "most", title=f"CPU per decision (goal: header {GOAL:g} us)")
    for name, costs in measured.items():
        table.add_row(name, *(f"{number:.1f}" for number in (statistics.median(costs), min(costs), max(costs))))
    return table


if __name__ == "__main__":
    main()
