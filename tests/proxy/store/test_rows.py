"""Pairs to rows and back."""

from __future__ import annotations

import math
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from proxy.store.rows import Codec, clean, name, number, pair_rows, style_rows, trial_rows
from proxy.store.schema import NAME
from routing.behaviors.label import Label, Presence
from routing.divergence import Direction, Trial
from routing.style import Manner, Measure, StyleDrift
from tests.proxy.store.samples import LOST, noisy, pair, reply


@given(st.text(), st.binary())
def test_payloads_come_back(text: str, body: bytes) -> None:
    """Bodies to the byte, texts to the character."""
    codec = Codec()
    payload = codec.unpack(codec.pack(reply(text, body)))
    assert (payload.text, payload.body) == (clean(text), body)
    assert payload.labels == reply().labels


@given(st.text(st.characters()), st.floats(), st.none() | st.tuples(*[st.integers(-(2**70), 2**70)] * 2))
def test_every_label_is_storable(rule: str, score: float, span: tuple[int, int] | None) -> None:
    """An operator's own detector may name and count what it likes; nearly all labels need no second look."""
    label = Label("mine", Presence.PRESENT, score, rule, span, "v")
    codec = Codec()
    (kept,) = codec.unpack(codec.pack(replace(reply(), labels=(label,)))).labels
    fits = span is None or all(-(2**63) < end < 2**63 for end in span)
    assert (kept.behavior, kept.presence, kept.rule, kept.variant) == ("mine", Presence.PRESENT, clean(rule), "v")
    assert kept.score == number(score)
    assert kept.span == span if fits else kept.span is not None and all(abs(end) < 2**63 for end in kept.span)


def test_ordinary_text_is_not_touched() -> None:
    """Cleaning costs nothing of what can be stored, emoji and tabs included."""
    assert clean("tab\tnew\nline \U0001f600 e\u0301") == "tab\tnew\nline \U0001f600 e\u0301"


@given(st.text(st.characters(), max_size=400))
def test_every_name_fits_its_column(text: str) -> None:
    """One that did not would cost its pair."""
    fitted = name(text + "\x00\ud800")
    assert len(fitted) <= NAME
    assert "\x00" not in fitted
    assert fitted.encode().decode() == fitted


def test_style_has_a_row_for_each_measure_that_has_pairs() -> None:
    """Of a measure without a row, nothing is known."""
    whole = StyleDrift().add(Manner(40, 1, 0), Manner(20, 0, 0))
    assert [row["measure"] for row in style_rows("r", "math", whole)] == list(Measure)
    assert [row["measure"] for row in style_rows("r", "math", StyleDrift().add(Manner(40), Manner(20)))] == ["length"]
    assert style_rows("r", "math", StyleDrift()) == []


@given(st.floats())
def test_every_number_is_finite(value: float) -> None:
    """SQLite would read NaN as nothing."""
    assert math.isfinite(number(value))
    assert number(value) == value or not math.isfinite(value)


def test_size_is_what_the_payloads_take() -> None:
    """Retention by size adds these up."""
    codec = Codec()
    small, large = pair_rows(pair(), codec)[0], pair_rows(pair(request=bytes(range(256)) * 9), codec)[0]
    payload = len(codec.compress(bytes(range(256)) * 9)) - len(codec.compress(pair().request))
    assert large["size"] == int(str(small["size"])) + payload


def test_a_body_costs_little_beside_its_text() -> None:
    """They are compressed together because one repeats the other."""
    text = " ".join(str(n * n * n % 9973) for n in range(400))
    codec = Codec()
    both, alone = codec.pack(reply(text, text.encode())), codec.pack(reply(text, b""))
    assert len(both) < 1.2 * len(alone)


def test_repeated_trials_are_one_row() -> None:
    """Their columns are a key."""
    twice = (*LOST, Trial("refusal", Direction.LOST, diverged=False))
    assert [row["diverged"] for row in trial_rows(pair(trials=twice))] == [False]


def test_noise_trials_keep_their_role() -> None:
    """The teacher's divergence from itself must never be held against the student."""
    assert [row["role"] for row in trial_rows(noisy())] == ["student", "noise"]
