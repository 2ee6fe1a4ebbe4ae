"""benchmarks.observability: what it measures is what it says, and what it keeps is tables."""

from __future__ import annotations

import json

import pytest

from benchmarks import isolated
from benchmarks.isolated import THINGS, Cost
from benchmarks.observability import ARMS, CPU, Arm, Price, busy, merged, of_cpu, of_instructions, sections
from proxy.config.parse import parse

ROUTES = {
    "x": {"models": ["*"], "teacher": {"base_url": "http://t"}, "student": {"base_url": "http://s", "model": "m"}}
}
COSTS = {name: Cost(100.0 * number, number) for number, name in enumerate(THINGS, start=1)}
PRICES = {arm.name: Price(1000.0 + number, Cost(10.0 * number, number)) for number, arm in enumerate(ARMS)}


@pytest.mark.parametrize("arm", ARMS, ids=lambda arm: arm.name)
def test_each_arm_is_a_configuration_without_a_warning(arm: Arm) -> None:
    """A setting that was renamed would make two arms the same, and the table wrong."""
    loaded = parse(json.dumps({"routes": ROUTES, **sections(arm, 4318)}), "t")
    assert not loaded.warnings
    assert loaded.config.log.requests == arm.logs
    assert (loaded.config.tracing.otlp_endpoint is None) == (arm.traces is None)
    assert arm.traces in {None, loaded.config.tracing.sample}


def test_ratios_of_cpu_are_of_the_least_of_rounds() -> None:
    """What others do on the machine only ever adds."""
    worker = {arm.name: [100.0, 300.0, 200.0] for arm in ARMS} | {"logs at 5 %": [150.0, 110.0, 160.0]}
    assert "| logs at 5 % | 110 (150) | 1.100 | 110 (150) | 1.100 |" in of_cpu(worker, worker)[CPU]


def test_a_workers_price_is_held_against_a_request_with_everything_off() -> None:
    """For whoever asks what it takes from throughput; the examiner's is beside it."""
    found = of_instructions(PRICES, COSTS)
    assert "| traces at 5 % | 1,002 | 1.0020 | 20 | 2.0 |" in found["Instructions per request"]


def test_two_ways_of_counting_are_held_against_each_other() -> None:
    """Ours with what it has to carry: a frame of 200 instructions, twice a second, among a thousand requests."""
    costs = COSTS | {isolated.OURS: Cost(100, 1), isolated.FRAME: Cost(20_000, 2), isolated.PROMETHEUS: Cost(1400, 14)}
    found = of_instructions(PRICES, costs)["Counting one request, in two ways"]
    assert "| together | 140 | 1.00 |" in found
    assert "| ratio | 10.0 | 13.9 |" in found
    assert "from 31 requests a second on" in found


def test_a_section_stays_until_it_is_measured_anew() -> None:
    """CPU can be measured on a quiet machine only: instructions counted on a busy one leave it as it was."""
    both = merged("", {CPU: "quiet", "Instructions per request": "first"})
    again = merged(both, {"Instructions per request": "second"})
    assert again.index("second") < again.index("quiet")
    assert "first" not in again
    assert merged(again, {}) == again


def test_a_machine_is_busy_by_a_share_of_its_time() -> None:
    """Of all its cores."""
    assert 0 <= busy(0.05) <= 1
