"""A rollout on the metrics page: what alerts and dashboards are built on."""

from __future__ import annotations

import dataclasses

from prometheus_client.openmetrics.parser import text_string_to_metric_families as read

from proxy.examiner.rollout_gauges import rollout_gauges
from proxy.examiner.status import RouteStatus
from proxy.telemetry.exposition import render
from proxy.telemetry.tally import Tally
from tests.proxy.desk import route_status
from tests.proxy.rollouts import gate, moving_route, slice_status


def page(route: RouteStatus) -> dict[tuple[str, ...], float]:
    """The samples of a page with these gauges, by name and then the values of their labels in the labels' order."""
    text, _ = render(Tally(), dict(rollout_gauges(route)), exemplars=True)
    samples = [sample for family in read(text.decode()) for sample in family.samples]
    return {(s.name.removeprefix("practicum_"), *(v for _, v in sorted(s.labels.items()))): s.value for s in samples}


def test_the_weights_of_the_route_and_of_each_slice() -> None:
    """What a slice is served, and each of the bounds that it is the least of."""
    found = page(moving_route())
    kinds = ("ceiling", "step", "earned", "effective")
    assert [found["weight_percent", kind, "support", "default"] for kind in kinds] == [100, 5, 27, 5]
    assert [found["weight_percent", kind, "support", "general"] for kind in kinds] == [100, 5, 0.4, 0]


def test_there_is_one_phase() -> None:
    """A dashboard shows the one that is 1."""
    assert {key: value for key, value in page(moving_route()).items() if key[0] == "phase_info"} == {
        ("phase_info", "canary", "support"): 1
    }


def test_verdicts_are_three_values_and_say_whether_they_act() -> None:
    """An alert on a failed gate must not wake anybody for one that is waived."""
    found = page(moving_route())
    assert [found["gate_verdict", "refusal", "support", slice_] for slice_ in ("general", "math", "code")] == [-1, 0, 1]
    assert found["gate_verdict", "hedging", "support", "code"] == -1
    assert [found["gate_acts", behavior, "support", "code"] for behavior in ("hedging", "refusal")] == [0, 1]


def test_what_a_gate_lacks_is_shown_where_a_number_would_do() -> None:
    """A gate that no number of conversations helps has no series: an alert on a stuck gate asks for just that."""
    gates = tuple(
        dataclasses.replace(gate(behavior, "hold"), needed=needed)
        for behavior, needed in (("answer", 120), ("format", 0), ("refusal", None))
    )
    found = page(moving_route(slices=(slice_status("math", gates),)))
    assert {key: value for key, value in found.items() if key[0] == "gate_needed_conversations"} == {
        ("gate_needed_conversations", "answer", "support", "math"): 120,
        ("gate_needed_conversations", "format", "support", "math"): 0,
    }


def test_bounds_are_shares_and_absent_without_trials() -> None:
    """No data is not a rate of 0."""
    known = gate("answer")
    unseen = dataclasses.replace(known.directions[1], trials=0, diverged=0, lower=0.0, upper=1.0)
    math = slice_status("math", (dataclasses.replace(known, directions=(known.directions[0], unseen)),))
    found = {key: value for key, value in page(moving_route(slices=(math,))).items() if key[0].startswith("divergence")}
    assert found == {
        ("divergence_rate_lower", "answer", "lost", "support", "math"): 0.00021,
        ("divergence_rate_upper", "answer", "lost", "support", "math"): 0.046,
    }


def test_without_a_rollout_only_the_route_is_shown() -> None:
    """As before there were any; the page itself adds counters without labels."""
    assert {key[0] for key in page(route_status())} - {"store_errors_total"} == {"phase_info", "weight_percent"}


def test_no_verdict_is_unknown_to_the_metrics() -> None:
    """Of no status that can be made is a series missing."""
    for verdict in ("pass", "hold", "fail"):
        route = moving_route(slices=(slice_status("math", (gate("format", verdict),)),))
        assert ("gate_verdict", "format", "support", "math") in page(route)
