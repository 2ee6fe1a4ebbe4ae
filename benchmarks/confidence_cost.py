"""What judging how sure a student was costs a worker: ``python -m benchmarks.confidence_cost``.

Microseconds of CPU per token (per reply for a calibration), and the ratio to ``Signal`` as it is in use, taken within a
round; a number is the median of rounds, which are interleaved, with the least and the most. Tokens have five
alternatives, or none where a case says so. ``Signal``'s plain Python stands beside numpy in the two ways there are to
use it: on all tokens of a reply at once, from the lists that JSON gives, and on each token's alternatives as they come.
Both find the same numbers, which is checked before anything is timed. The goal is 3 us a token. It refuses to judge; it
prints.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from rich.console import Console
from rich.table import Table

from routing.confidence.calibration import Flags, fit
from routing.confidence.logistic import Floats
from routing.confidence.signal import FEATURES, UNSURE, Listener, Signal, Vector, vectors
from routing.confidence.spans import Values
from routing.observation import TokenLogprob

ROUNDS, REPLIES = 15, 40
SHORT, LONG = 24, 500  # tokens: what a stream holds where nothing is configured, and a long reply
RUNGS = (6, 12, 24)
GOAL = 3.0  # us a token
IN_USE = f"Signal, {LONG} tokens"
_UNITS = 400
_BIN, _ROUNDING = 0.25, 1e-6  # by how much two ways may differ
_LIKELIEST = 0.9  # of the tokens
_JSON = json.dumps([{"name": "Basel", "platform": 4, "late": False, "note": 'leaves every "even" hour'}] * 12)

Reply = Sequence[TokenLogprob]


@dataclass(frozen=True, slots=True)
class Case:
    """Something that is done with each of some replies; ``per`` is how many tokens, or replies, that is each time."""

    name: str
    replies: Sequence[Reply]
    per: int
    run: Callable[[Reply], object]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    rounds = parser.parse_args().rounds
    cases = _cases(random.Random(1))  # noqa: S311 -- the same replies each time
    costs: dict[str, list[float]] = {case.name: [] for case in cases}
    for turn in range(rounds + 1):
        for case in cases:
            cost = _measure(case)
            if turn:  # the first warms
                costs[case.name].append(cost)
    Console().print(_table(costs))


def _cases(chance: random.Random) -> list[Case]:
    short, long, bare = (
        [_reply(chance, tokens, alternatives) for _ in range(REPLIES)]
        for tokens, alternatives in ((SHORT, 5), (LONG, 5), (LONG, 0))
    )
    _must_agree(short[0])
    _must_agree(long[0])
    structured = [_written(_JSON, reply) for reply in long]
    written = len(structured[0])
    calibration = fit(*_units(chance))
    vector = _added(long[0])
    return [
        Case(f"Signal, {SHORT} tokens", short, SHORT, _added),
        Case(IN_USE, long, LONG, _added),
        Case("Signal, no alternatives", bare, LONG, _added),
        Case(f"numpy at the end, {SHORT} tokens", short, SHORT, at_once),
        Case(f"numpy at the end, {LONG} tokens", long, LONG, at_once),
        Case("numpy on each token's alternatives", short, SHORT, _token_by_token),
        Case(f"Listener with rungs, {SHORT} tokens", short, SHORT, _heard),
        Case(f"a pair's vectors, {LONG} tokens", long, LONG, _of_pair),
        Case("the same of JSON", structured, written, _of_structured_pair),
        Case("the scanner alone, of JSON", structured, written, _scanned),
        Case("Calibration.confidence, a reply", short, 1, lambda _: calibration.confidence(vector)),
    ]


def _reply(chance: random.Random, tokens: int, alternatives: int) -> list[TokenLogprob]:
    """Tokens from a vocabulary of fifty, most of them the likeliest."""
    return [_token(chance, alternatives) for _ in range(tokens)]


def _token(chance: random.Random, alternatives: int) -> TokenLogprob:
    weights = [chance.gauss(0, 3) for _ in range(50)]
    total = math.log(math.fsum(map(math.exp, weights)))
    logprobs = sorted((weight - total for weight in weights), reverse=True)
    return TokenLogprob(" word", logprobs[chance.random() > _LIKELIEST], tuple(logprobs[:alternatives]))


def _written(text: str, reply: Reply) -> list[TokenLogprob]:
    """A text in tokens of three characters, with the numbers of a reply over and over."""
    pieces = [text[at : at + 3] for at in range(0, len(text), 3)]
    return [TokenLogprob(piece, *_numbers(reply[at % len(reply)])) for at, piece in enumerate(pieces)]


def _numbers(token: TokenLogprob) -> tuple[float, tuple[float, ...]]:
    return token.logprob, token.top


def _units(chance: random.Random) -> tuple[Floats, Flags]:
    rows = np.array([_added(_reply(chance, SHORT, 5)) for _ in range(_UNITS)])
    return rows, rows[:, 0] > np.quantile(rows[:, 0], 0.3)


def _added(reply: Reply) -> Vector:
    signal = Signal()
    for token in reply:
        signal.add(token.logprob, token.top)
    return signal.vector(ended=True, finish="stop")


def _heard(reply: Reply) -> Mapping[int, Vector]:
    listener = Listener(RUNGS)
    for token in reply:
        listener.hear(token)
    return listener.complete


def _of_pair(reply: Reply) -> Mapping[int, Vector]:
    return vectors(reply, RUNGS, structured=False, finish="stop")


def _of_structured_pair(reply: Reply) -> Mapping[int, Vector]:
    return vectors(reply, RUNGS, structured=True, finish="stop")


def _scanned(reply: Reply) -> int:
    values = Values()
    return sum(values.counts(token.token) for token in reply)


def _token_by_token(reply: Reply) -> float:
    """The entropy and the margin of each token alone: what an array of five would have to pay for."""
    total = 0.0
    for token in reply:
        top = np.sort(np.array(token.top))
        chances = np.exp(top)
        rest = 1.0 - chances.sum()
        total += float(top[-1] - top[-2] - (chances * top).sum() - rest * np.log(rest))
    return total


def at_once(reply: Reply) -> Vector:
    """A reply's vector by arrays over all of its tokens, every one of which has the same number of alternatives."""
    said = np.clip(np.array([token.logprob for token in reply]), -UNSURE, 0.0)
    top = np.sort(np.array([token.top for token in reply]), axis=1)
    chances = np.exp(top)
    rest = np.maximum(1.0 - chances.sum(axis=1), 1e-300)
    entropy = -(chances * top).sum(axis=1) - rest * np.log(rest)
    margin = top[:, -1] - top[:, -2]
    sums = np.concatenate([[0.0], np.cumsum(said)])
    window = min(16, len(said))
    least = int(said.argmin())
    return (
        *(float(said.mean()), float(said[least]), float(np.quantile(said, 0.1))),
        *(float((sums[window:] - sums[:-window]).min() / window), float(said[-16:].mean()), float(said[:8].mean())),
        *(float(said[-1]), least / len(said), math.log1p(-1000.0 * float(sums[-1]))),
        *(float(entropy.mean()), math.log1p(1000.0 * float(entropy.max()))),
        *(float(margin.mean()), float(margin.min()), float(margin[0])),
        *(float((said < top[:, -1] - 0.01).mean()), math.log1p(len(said)), 1.0, 0.0, 1.0),
    )


def _must_agree(reply: Reply) -> None:
    """Both ways find the same; the quantile, which one of them estimates, to within a quarter of a nat."""
    for name, one, other in zip(FEATURES, _added(reply), at_once(reply), strict=True):
        if abs(one - other) > (_BIN if name == "quantile" else _ROUNDING):
            raise ValueError(f"{name} is {one} by Signal and {other} by numpy: they would be timed at different work")


def _measure(case: Case) -> float:
    """Microseconds of CPU for one token, or one reply: the mean of a round."""
    began = time.process_time_ns()
    for reply in case.replies:
        case.run(reply)
    return (time.process_time_ns() - began) / len(case.replies) / case.per / 1000


def _table(costs: Mapping[str, Sequence[float]]) -> Table:
    table = Table("case", "us (median)", "least", "most", "to Signal", title=f"CPU per token (goal: {GOAL:g} us)")
    for name, found in costs.items():
        ratio = statistics.median(one / base for one, base in zip(found, costs[IN_USE], strict=True))
        table.add_row(name, *(f"{x:.2f}" for x in (statistics.median(found), min(found), max(found))), f"{ratio:.2f}")
    return table


if __name__ == "__main__":
    main()
