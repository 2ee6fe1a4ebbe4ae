"""Phrasings: held-out ones are new as sentences and old as words."""

from __future__ import annotations

import re

import pytest

from proxy.demo.railway import wording
from proxy.demo.railway.draw import Phrasing
from proxy.demo.railway.rules import TOPICS

PHRASINGS = {name: value for name, value in vars(wording).items() if isinstance(value, Phrasing)}
PHRASINGS |= {f"{topic.subject} {side}": getattr(topic, side) for topic in TOPICS for side in ("unsafe", "harmless")}
TAUGHT = {way for phrasing in PHRASINGS.values() for way in phrasing.taught}


def words(way: str) -> set[str]:
    """A way's words, its slots aside."""
    return set(re.findall(r"[a-z']+", re.sub(r"\{\w+\}", " ", way.lower())))


def slots(way: str) -> set[str]:
    """A way's slots."""
    return set(re.findall(r"\{(\w+)\}", way))


VOCABULARY = set().union(*map(words, TAUGHT))


@pytest.mark.parametrize("name", PHRASINGS)
def test_held_out_ways_are_taught_nowhere(name: str) -> None:
    """Not under another phrasing either."""
    assert not TAUGHT & set(PHRASINGS[name].held_out)


@pytest.mark.parametrize("name", PHRASINGS)
def test_held_out_ways_are_made_of_taught_words(name: str) -> None:
    """A model that has never seen a word cannot be blamed for not knowing it."""
    assert set().union(*map(words, PHRASINGS[name].held_out)) <= VOCABULARY


@pytest.mark.parametrize("name", PHRASINGS)
def test_all_ways_name_the_same_facts(name: str) -> None:
    """A way that leaves one out asks something else."""
    ways = PHRASINGS[name].taught + PHRASINGS[name].held_out
    assert len({frozenset(slots(way)) for way in ways}) == 1


def test_no_two_phrasings_share_a_way() -> None:
    """One sentence, two meanings, would be noise; the exceptions differ by what the conversation offers."""
    ways = [way for phrasing in PHRASINGS.values() for way in phrasing.taught + phrasing.held_out]
    assert len(set(ways)) == len(ways)
