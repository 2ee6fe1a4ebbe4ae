"""benchmarks.observability: what it measures is what it says, and its report is a table."""

from __future__ import annotations

import json

import pytest

from benchmarks.observability import ARMS, Arm, report, sections
from proxy.config.parse import parse

ROUTES = {
    "x": {"models": ["*"], "teacher": {"base_url": "http://t"}, "student": {"base_url": "http://s", "model": "m"}}
}


@pytest.mark.parametrize("arm", ARMS, ids=lambda arm: arm.name)
def test_each_arm_is_a_configuration_without_a_warning(arm: Arm) -> None:
    """A setting that was renamed would make two arms the same, and the table wrong."""
    loaded = parse(json.dumps({"routes": ROUTES, **sections(arm, 4318)}), "t")
    assert not loaded.warnings
    assert loaded.config.log.requests == arm.logs
    assert (loaded.config.tracing.otlp_endpoint is None) == (arm.traces is None)
    assert arm.traces in {None, loaded.config.tracing.sample}


def test_ratios_are_of_the_least_of_rounds() -> None:
    """What others do on the machine only ever adds."""
    worker = {arm.name: [100.0, 300.0, 200.0] for arm in ARMS} | {"logs at 5 %": [150.0, 110.0, 160.0]}
    text = report({ARMS[0].name: 1000.0, "traces at 0 %": 1015.0}, {"a line": 28.04}, worker, worker)
    assert "| a line | 28.0 |" in text
    assert "| traces at 0 % | 1,015 | 1.0150 |" in text
    assert "| logs at 5 % | 110 (150) | 1.100 | 110 (150) | 1.100 |" in text
