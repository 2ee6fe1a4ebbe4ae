"""Which pairs are kept, and under which privacy."""

from __future__ import annotations

import dataclasses

import pytest

from proxy.config.settings import Privacy
from proxy.store.entry import Compared, Entry, keeps, prepare
from proxy.store.privacy import digested, redacted
from routing.style import Manner, StyleDrift
from tests.proxy.store.samples import AGREED, EVERYTHING, pair, reply

KEY = b"key"
TALKATIVE = pair(student=reply("ana@example.com"))


@pytest.mark.parametrize(
    ("privacy", "store", "kept"),
    [
        ("full", True, TALKATIVE),
        ("redacted", True, redacted(TALKATIVE)),
        ("digest", True, digested(TALKATIVE, KEY)),
        ("full", False, digested(TALKATIVE, KEY)),
        ("redacted", False, digested(TALKATIVE, KEY)),
    ],
)
def test_the_stricter_of_route_and_request_decides(privacy: str, store: bool, kept: object) -> None:
    """A caller who says ``store: false`` is promised that no payload is kept, whatever the operator chose."""
    chosen = dataclasses.replace(EVERYTHING, store=privacy)  # type: ignore[arg-type] # the three literals
    assert prepare(Compared(TALKATIVE, chosen, store), KEY) == Entry(kept, kept=True)  # type: ignore[arg-type] # a pair


def test_divergent_pairs_are_always_kept() -> None:
    """They are what people come for."""
    assert all(keeps(pair(number), 0.0) for number in range(100))


def test_agreeing_pairs_are_sampled_by_their_id() -> None:
    """The share is what was configured, and the same pair is decided alike on every host."""
    kept = [keeps(pair(number, AGREED), 5.0) for number in range(10_000)]
    assert kept == [keeps(pair(number, AGREED), 5.0) for number in range(10_000)]
    assert 400 < sum(kept) < 600  # four standard deviations are 87
    assert not any(keeps(pair(number, AGREED), 0.0) for number in range(1000))
    assert all(keeps(pair(number, AGREED), 100.0) for number in range(1000))


def test_a_larger_sample_keeps_what_a_smaller_kept() -> None:
    """Raising the sample must not reshuffle what an operator has looked at."""
    assert all(keeps(pair(n, AGREED), 20.0) for n in range(2000) if keeps(pair(n, AGREED), 5.0))


def test_a_pair_not_kept_still_brings_its_trials() -> None:
    """The store counts them."""
    entry = prepare(Compared(pair(1, AGREED), Privacy(agreeing_sample=0.0)), KEY)
    assert not entry.kept
    assert entry.pair.trials == AGREED


@pytest.mark.parametrize("agreeing_sample", [0.0, 100.0])
def test_style_counts_whatever_is_kept(agreeing_sample: float) -> None:
    """An agreeing pair that is not kept still says how long its replies were."""
    style = StyleDrift().add(Manner(40, 1, 0), Manner(20, 0, 0))
    privacy = dataclasses.replace(EVERYTHING, store="digest", agreeing_sample=agreeing_sample)
    assert prepare(Compared(pair(trials=AGREED), privacy, style=style), KEY).style == style


@pytest.mark.parametrize("counts", [True, False])
def test_whether_a_pair_was_compared_goes_with_it(counts: bool) -> None:
    """A pair of which an arm failed is stored, and must not become a clean turn of its conversation."""
    assert prepare(Compared(pair(), EVERYTHING, counts=counts), KEY).counts is counts
