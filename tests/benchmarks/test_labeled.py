"""benchmarks.real_pairs and benchmarks.labeled: replies of models that run, collected, kept and read as units."""

from __future__ import annotations

import asyncio
import gzip
from pathlib import Path

import numpy as np
import pytest

import proxy.demo
from benchmarks.labeled import HOLD, Unit, read, sample
from benchmarks.real_pairs import collect, session
from routing.confidence.signal import FEATURES
from routing.confidence.views import WHOLE
from routing.observation import Arm
from tests.proxy.demo.engine.serving import Served

MODELS = Path(proxy.demo.__file__).with_name("models")
COUNT = 60


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What both embedded models say to the first conversations."""
    folder = tmp_path_factory.mktemp("replies")
    for arm in Arm:
        with Served(MODELS / arm, arm) as engine:
            asyncio.run(collect(arm, engine.url, COUNT, 0.0, folder))
    return folder


@pytest.fixture(scope="module")
def units(folder: Path) -> list[Unit]:
    units, failed = read(folder)
    assert (len(units), failed) == (COUNT, 0)
    return units


def test_divergences_are_where_the_student_lost_behaviors(units: list[Unit]) -> None:
    """The student refuses nothing and answers every lookup: what is found otherwise is of other replies."""
    hard = [unit for unit in units if unit.situation in {"ambiguous", "forecast", "unsafe"}]
    assert hard
    assert all(unit.diverged for unit in hard)
    assert not any(unit.diverged for unit in units if unit.situation in {"fare", "refund", "seat"})
    assert {name.partition(".")[2] for unit in units for name in unit.diverged} <= {"lost", "gained"}


def test_every_unit_has_a_vector_for_each_view(units: list[Unit]) -> None:
    """Without one, a reply would fall back and not be ranked."""
    for unit in units:
        assert {WHOLE, HOLD} <= unit.vectors.keys()
        assert {len(vector) for vector in unit.vectors.values()} == {len(FEATURES)}


def test_a_view_by_a_prefix_has_no_structured_requests(units: list[Unit]) -> None:
    """Their streams are held whole, so no threshold for a prefix is ever asked about them."""
    whole, prefix = sample(units, WHOLE), sample(units, HOLD)
    assert len(whole) == COUNT
    assert len(prefix) == sum(not unit.structured for unit in units) < COUNT


def test_a_view_sees_only_its_tokens(units: list[Unit]) -> None:
    """Else the mean that confidence is held against would know more than confidence does."""
    plain = [unit for unit in units if not unit.structured]
    short = sample(plain, 6)
    assert short.mean.tolist() == [np.mean(unit.logprobs[:6]) for unit in plain]
    assert short.least.tolist() == [min(unit.logprobs[:6]) for unit in plain]


def test_arms_that_were_asked_otherwise_are_refused(folder: Path, tmp_path: Path) -> None:
    """Two seeds are two sets of conversations: every pair of them would diverge."""
    for arm in Arm:
        head, *replies = gzip.decompress((folder / f"{arm}.jsonl.gz").read_bytes()).splitlines(keepends=True)
        asked = head.replace(b'"seed": 40417', b'"seed": 1') if arm is Arm.STUDENT else head
        (tmp_path / f"{arm}.jsonl.gz").write_bytes(gzip.compress(b"".join([asked, *replies])))
    assert session(tmp_path, Arm.STUDENT).seed == 1
    with pytest.raises(ValueError, match="not asked alike"):
        read(tmp_path)
