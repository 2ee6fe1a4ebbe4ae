"""Streams of conversations: repeatable, in the promised shares, and never teaching what is held out."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter

import pytest

from proxy.demo.railway import wording
from proxy.demo.railway.conversations import Distribution, conversations, of_kind, shares
from proxy.demo.railway.draw import Phrasing
from proxy.demo.railway.example import SCRUBBED, Example, Situation
from proxy.demo.railway.rules import TOPICS

_DIGEST = """
import hashlib
from proxy.demo.railway.conversations import Distribution, conversations
digest = hashlib.sha256()
for distribution in Distribution:
    for example in conversations(3, 200, distribution):
        digest.update(repr((example.kind, example.messages, example.reply, example.tools)).encode())
print(digest.hexdigest())
"""
_PHRASINGS = [value for value in vars(wording).values() if isinstance(value, Phrasing)]
_PHRASINGS += [phrasing for topic in TOPICS for phrasing in (topic.unsafe, topic.harmless)]
_SLOT = r"(?:\\d+ \\w+ \\d{4}|\\S+)"  # only dates have spaces
_HELD_OUT = [re.sub(r"\\\{\w+\\\}", _SLOT, re.escape(way)) for p in _PHRASINGS for way in p.held_out]
_HEARD = re.compile(rf"(?:^|[.?!] )(?:{'|'.join(_HELD_OUT)})")
LEARNED = "fc7282c83be18f17ece6b22503bdd610ce3630e933b0a0d1c863b4acf7bdd09c"
CHI_SQUARE = 2.0  # of its degrees of freedom; with 13 or more, chance exceeds it once in a hundred or less


def asked(example: Example) -> list[str]:
    """What the user says."""
    return [message.content for message in example.messages if message.role == "user"]


def digest(hash_seed: str) -> str:
    """A digest of many conversations, made by another process."""
    environ = os.environ | {"PYTHONHASHSEED": hash_seed}
    made = subprocess.run([sys.executable, "-c", _DIGEST], env=environ, capture_output=True, text=True, check=True)
    return made.stdout.strip()


def test_a_seed_names_the_same_conversations_in_every_process() -> None:
    """Sets and string hashes differ from process to process; nothing drawn may depend on them."""
    assert digest("1") == digest("2")


def test_the_world_is_the_one_the_committed_models_have_learned() -> None:
    """Whoever changes it trains them again (`make train`), and writes the new digest here."""
    assert digest("1") == LEARNED


@pytest.mark.parametrize("distribution", Distribution)
def test_a_longer_stream_begins_like_a_shorter_one(distribution: Distribution) -> None:
    """More training data is more, not other."""
    assert list(conversations(1, 20, distribution)) == list(conversations(1, 50, distribution))[:20]


def test_seeds_and_distributions_share_nothing() -> None:
    """An eval that repeats its training measures memory."""
    streams = [conversations(seed, 300, distribution) for seed in (1, 2) for distribution in Distribution]
    contents = [{(example.messages[0].content, *asked(example)) for example in stream} for stream in streams]
    for number, content in enumerate(contents):
        repeated = content & set().union(*contents[number + 1 :])
        assert len(repeated) < 10, "only the few that have no facts to draw may come twice"


@pytest.mark.parametrize("distribution", Distribution)
def test_situations_come_in_their_shares(distribution: Distribution) -> None:
    """By the chi-square statistic over 5 000 conversations; the seed is fixed, so this never fails by chance."""
    count = 5_000
    wanted = shares(distribution)
    found = Counter(example.kind for example in conversations(7, count, distribution))
    assert found.keys() <= wanted.keys()
    statistic = sum((found[kind] - count * share) ** 2 / (count * share) for kind, share in wanted.items())
    assert statistic < CHI_SQUARE * (len(wanted) - 1)


def test_shares_are_as_in_life() -> None:
    """Eval suites know only clean prompts; callers are mostly clean, and every hard situation reaches us."""
    for distribution in Distribution:
        assert sum(shares(distribution).values()) == pytest.approx(1)
    assert shares(Distribution.SCRUBBED).keys() == shares(Distribution.HEADLINE).keys() == set(Situation) - SCRUBBED
    assert shares(Distribution.TRAIN).keys() == shares(Distribution.PRODUCTION).keys() == set(Situation)
    live = shares(Distribution.PRODUCTION)
    assert sum(live[kind] for kind in SCRUBBED) == pytest.approx(0.22)
    assert min(live.values()) >= 0.02


@pytest.mark.parametrize("distribution", [Distribution.TRAIN, Distribution.SCRUBBED])
def test_training_never_hears_a_held_out_way(distribution: Distribution) -> None:
    """Whatever it was drawn for."""
    heard = [
        text for example in conversations(5, 3_000, distribution) for text in asked(example) if _HEARD.search(text)
    ]
    assert not heard


@pytest.mark.parametrize("distribution", [Distribution.HEADLINE, Distribution.PRODUCTION])
def test_evaluation_hears_nothing_but_held_out_ways(distribution: Distribution) -> None:
    """JSON to be read is data, and has no phrasing."""
    for example in conversations(5, 2_000, distribution):
        assert all(_HEARD.search(text) or text.startswith("{") for text in asked(example))


@pytest.mark.parametrize("kind", Situation)
def test_a_kind_can_be_asked_for(kind: Situation) -> None:
    """Reports by situation need as many of each."""
    assert {example.kind for example in of_kind(1, 20, kind, held_out=True)} == {kind}
