"""Which slices a request is in, and the one by which its traffic is shifted.

In this order: what the caller says in a header, what the operator's rules say, tools in play, length, language, and
then whatever the words show most surely: a task of code, math or reasoning, or a demand on the form. A request without
any of these is ``general``. It looks at the last user turn alone, and at bounded parts of it: two kilobytes cost about
a tenth of a millisecond. What it does not know: a conversation's topic from before, nor tools that nobody offers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from routing.slices.fitted import BESIDE, TASKS, Weights, load
from routing.slices.marks import Mark, Reason, Sliced
from routing.slices.ngrams import Features, features
from routing.slices.rules import Rule, first_that_holds
from routing.slices.structure import structural
from routing.traits import Slice, Traits

_LIKELY = 0.5
_FOREIGN = 0.5  # share of letters
_DECISIVE = (Slice.TOOL_USE, Slice.LONG_CONTEXT)  # no words need be read
_FIRST = (*_DECISIVE, Slice.MULTILINGUAL)  # before what words alone show


def slice_of(
    traits: Traits,
    rules: Sequence[Rule] = (),
    met: Collection[str] = (),
    told: Slice | None = None,
) -> Slice:
    """The slice by which the request's traffic is shifted.

    ``told`` is the slice the caller named, ``met`` the conditions of ``rules`` on headers that hold. Takes time linear
    in the prompt, and that bounded.
    """
    if told is not None:
        return told
    ruled = first_that_holds(rules, traits, met)
    if ruled is not None:
        return ruled
    shown = next((mark.slice for mark in structural(traits) if mark.slice in _DECISIVE), None)
    return shown or _leading(_marks(traits, load(), spans=False))


def classify(
    traits: Traits,
    rules: Sequence[Rule] = (),
    met: Collection[str] = (),
    told: Slice | None = None,
    weights: Weights | None = None,
) -> Sliced:
    """Every slice the request is in, with what showed it, and the one that counts.

    Arguments are ``slice_of``'s; other ``weights`` than the package's own are for measuring.
    """
    ruled = None if told is not None else first_that_holds(rules, traits, met)
    set_by_people = [*_given(told, Reason.HEADER), *_given(ruled, Reason.RULE)]
    marks = _strongest([*set_by_people, *_marks(traits, weights or load(), spans=True)])
    return Sliced(set_by_people[0].slice if set_by_people else _leading(marks), marks)


def _marks(traits: Traits, weights: Weights, *, spans: bool) -> Sequence[Mark]:
    """What structure and words show, the surer sources first; general only where nothing else is shown."""
    marks = [*structural(traits)]
    words = _by_words(features(traits.last_said), weights, spans=spans)
    if any(mark.slice is Slice.TOOL_USE for mark in marks):
        words = (mark for mark in words if mark.slice not in TASKS)  # tools are asked to do the task
    marks += words
    return [mark for mark in marks if mark.slice is not Slice.GENERAL] or marks


def _given(chosen: Slice | None, reason: Reason) -> Iterator[Mark]:
    if chosen is not None:
        yield Mark(chosen, 1.0, reason)


def _by_words(found: Features, weights: Weights, *, spans: bool) -> Iterator[Mark]:
    scores = weights.scores(found)
    if found.foreign > _FOREIGN:
        yield Mark(Slice.MULTILINGUAL, found.foreign, Reason.SCRIPT)
    task = max(TASKS, key=scores.__getitem__)
    beside = [one for one in BESIDE if scores[one] >= _LIKELY]
    for one in (task, *beside):
        yield Mark(one, scores[one], Reason.PHRASING, weights.span(found, one) if spans else None)


def _strongest(marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """One mark for each slice: of several, the first, which comes from the surer source."""
    return tuple({mark.slice: mark for mark in reversed(marks)}.values())[::-1]


def _leading(marks: Sequence[Mark]) -> Slice:
    slices = {mark.slice for mark in marks}
    first = next((one for one in _FIRST if one in slices), None)
    return first or max(marks, key=lambda mark: mark.score).slice
