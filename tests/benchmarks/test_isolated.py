"""benchmarks.isolated: each thing is done, and as often as the two ways of counting say."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.isolated import COUNTERS, HISTOGRAMS, SENT, THINGS, worked
from proxy.telemetry.catalog import Kind
from tests.proxy.examiner.tracing.receiver import over_http


@pytest.mark.parametrize("name", sorted(THINGS.keys() - {SENT}))
def test_a_thing_can_be_done(name: str) -> None:
    """What was renamed would else be found out in the middle of a long measurement."""
    act = THINGS[name].make(1)
    act()
    act()


def test_spans_arrive() -> None:
    """A batch that a collector refuses costs less."""
    with over_http() as collector:
        THINGS[SENT].make(int(collector.url.rpartition(":")[2]))()
    assert len(collector.spans) == 2 * THINGS[SENT].per


def test_both_ways_count_what_one_request_adds() -> None:
    """Three counters and three histograms, as the worker's counting does, on labels that exist."""
    assert {metric.kind for metric in COUNTERS} == {Kind.COUNTER}
    assert all(len(labels) == len(metric.labels) for metric, labels in COUNTERS.items())
    assert all(len(labels) == len(metric.labels) for metric, (labels, _) in HISTOGRAMS.items())
    assert len(worked().totals()[0]) == 20


def test_prometheus_counts_into_files_there(tmp_path: Path) -> None:
    """Without its multiprocess mode, the other way would be measured against something it is not."""
    program = "from benchmarks.isolated import *; act = THINGS[PROMETHEUS].make(1); act(); act()"
    read = "; import json; from prometheus_client.multiprocess import MultiProcessCollector as M"
    samples = "; samples = [sample for family in M(None).collect() for sample in family.samples]"
    show = "; print(json.dumps([sample.value for sample in samples if sample.name == 'requests_total']))"
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", program + read + samples + show],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == [2.0]
    assert {path.name.split("_")[0] for path in tmp_path.glob("*.db")} == {"counter", "histogram"}
