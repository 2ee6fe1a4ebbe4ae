"""What hard rules would turn a pair's reply down for, by every view: so that what is certified is what is served.

A worker turns replies away by their confidence and by ``hard_rules``, as they stand when the reply is there. A pair is
compared once, and is evidence for as long as its epoch lasts, while gates come to pass and fail. So what speaks against
its reply is noted whatever is proven, and certification asks what holds today.

A prefix is cut out of the whole reply by its tokens' texts: as much of it as had been said by then. It refuses to know
when a reply came: one whose end arrives with its beginning is judged whole by a worker, and as a beginning here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from routing.behaviors.case import SchemaCheck
from routing.behaviors.label import Label
from routing.confidence.hard_rules import known, objections, opening_objections
from routing.confidence.views import WHOLE, View
from routing.observation import Observation
from routing.traits import Traits

_HEAD = 64  # characters by which the place of a text is found

Objections = Mapping[View, tuple[str, ...]]
"""By view, what turns a reply down (``hard_rules``), sorted; nothing does by a view that is absent."""


def by_view(
    traits: Traits, reply: Observation, rungs: Collection[View], check: SchemaCheck, labels: Iterable[Label] = ()
) -> Objections:
    """The objections to a reply that has its log-probabilities, at each of these rungs where it streams, and whole.

    A reply that ends within a rung is judged whole there. ``labels`` are what its comparison found of it.
    """
    found = {WHOLE: objections(traits, reply, check, known(labels))}
    if traits.stream:
        begun = openings(reply, rungs)
        found |= {rung: opening_objections(traits, one, check) for rung, one in begun.items()}
        found |= {rung: found[WHOLE] for rung in rungs if rung not in begun}
    return {view: tuple(sorted(one)) for view, one in found.items() if one}


def openings(reply: Observation, rungs: Iterable[View]) -> dict[View, Observation]:
    """What had come of a reply by each rung that it has tokens for. Calls are there once all of its text is."""
    texts = [token.token for token in reply.logprobs]
    said = {rung: _said(reply.text, texts, rung) for rung in rungs if rung <= len(texts)}
    return {rung: _opening(reply, count) for rung, count in said.items()}


def _opening(reply: Observation, said: int) -> Observation:
    if said == len(reply.text):
        return replace(reply, finish_reason="")
    return replace(reply, text=reply.text[:said], finish_reason="", refusal="", tool_calls=())


def _said(text: str, tokens: Sequence[str], rung: View) -> int:
    """How many characters of a text were said by then. ``tokens`` are all of the reply's, by their texts."""
    heard = "".join(tokens)
    start = 0 if heard.startswith(text) else _start(heard, text)
    if start < 0:
        return len(text) * rung // len(tokens)  # not known by their texts: as if all were as long
    return min(len(text), max(0, sum(map(len, tokens[:rung])) - start))


def _start(heard: str, text: str) -> int:
    """Where a text begins in what was heard: the last place that has room for it, for it may be thought before."""
    head = text[:_HEAD]
    return heard.rfind(head, 0, max(0, len(heard) - len(text)) + len(head))
