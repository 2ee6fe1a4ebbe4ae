"""What the examiner says of itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from prometheus_client.openmetrics.parser import text_string_to_metric_families as read

from proxy.config.reload import Reloader
from proxy.examiner.backlog import Conclude, Ended
from proxy.examiner.confidence.calibrator import Calibrator
from proxy.examiner.intake import Intake
from proxy.examiner.judging import Judges
from proxy.examiner.lane import Lane
from proxy.examiner.mirror_call import Caller
from proxy.examiner.reporting import Reporting
from proxy.examiner.rollout.controller import Controller
from proxy.examiner.sampling import Outcome, Sample, sample
from proxy.examiner.status import Cell
from proxy.examiner.student_load import Load
from proxy.examiner.style_report import style_status
from proxy.examiner.webhooks import Webhooks
from proxy.handover import Snapshot
from proxy.store.store import Store
from proxy.store.writer import Writer
from proxy.telemetry.catalog import FALLBACKS
from proxy.telemetry.tally import Tally
from proxy.upstreams import Upstreams
from routing.style import Manner, StyleDrift
from tests.proxy.examiner.records import record

CONFIG = """
routes:
  support:
    models: ["*"]
    teacher: {base_url: "http://127.0.0.1:1/v1"}
    student: {base_url: "http://127.0.0.1:2/v1", model: small}
    prices: {teacher: {prompt: 2.5}}
"""


def reporting(folder: Path, test: Callable[[Reporting, Lane], None]) -> None:
    async def examine(_route: object, _sample: Sample, conclude: Conclude) -> Ended:
        conclude(Outcome.COMPARED)
        return Ended(failed=False)

    async def main() -> None:
        path = folder / "practicum.yaml"
        path.write_text(CONFIG)
        reloader, tally = Reloader(path), Tally()
        store = Store.open(f"sqlite:///{folder}/pairs.db")
        lane = Lane(reloader.config.routes["support"], sample, examine, lambda: True, tally)
        intake = Intake(str(folder / "s"), lambda _, __: None, lambda: Snapshot(1, 5.0, {}), tally)
        controller = Controller(lambda: reloader.config, store, Webhooks(tally), intake.publish)
        await controller.tick()
        calibrator = Calibrator(lambda: reloader.config, store, controller, lambda _: None)
        await calibrator.tick()
        parts = intake, _judges(tally), Writer(store), controller, calibrator
        for name, reason, count in (("support", "unsure", 3), ("support", "connect", 1), ("other", "unsure", 9)):
            tally.count(FALLBACKS, name, reason, by=count)
        report = Reporting(reloader, {"support": lane}, *parts, tally)
        lane.offer(record(), lambda: None)
        await asyncio.sleep(0)
        test(report, lane)
        await lane.drain(1)
        store.close()

    asyncio.run(main())


def _judges(tally: Tally) -> Judges:
    return Judges(Caller(Upstreams(), lambda _: None, tally), tally)


def values(report: Reporting) -> dict[tuple[str, ...], float]:
    page, _ = report.metrics(True)
    samples = [s for family in read(page.decode()) for s in family.samples]
    return {(s.name, *sorted(s.labels.values())): s.value for s in samples}


def test_no_worker_means_not_ready(tmp_path: Path) -> None:
    """A load balancer must not send traffic to a host whose workers are still starting."""
    reporting(tmp_path, lambda report, _: _is(report.unready(), ["no worker is connected"]))


def test_one_that_leaves_is_not_ready(tmp_path: Path) -> None:
    """A load balancer has to hear of a drain, whatever else stands well."""

    def check(report: Reporting, _: Lane) -> None:
        report.leaving = True
        assert report.unready()[0].startswith("stopping")

    reporting(tmp_path, check)


def test_weights_are_zero_and_the_phase_is_shadow(tmp_path: Path) -> None:
    """In this version the student serves nobody, and the status must not suggest otherwise."""

    def check(report: Reporting, _: Lane) -> None:
        (route,) = report.status().routes
        assert (route.phase, route.weights.effective) == ("shadow", 0.0)
        assert values(report)["practicum_weight_percent", "default", "effective", "support"] == 0

    reporting(tmp_path, check)


def test_the_students_load_shows_only_where_it_is_known(tmp_path: Path) -> None:
    """0 waiting and unknown are different things to an alert."""

    def check(report: Reporting, lane: Lane) -> None:
        assert ("practicum_student_queue_waiting", "support") not in values(report)
        lane.load = Load(3, 0.5)
        assert values(report)["practicum_student_queue_waiting", "support"] == 3
        assert values(report)["practicum_student_kv_cache_ratio", "support"] == 0.5

    reporting(tmp_path, check)


def test_fallbacks_are_told_by_route_and_reason(tmp_path: Path) -> None:
    """Those of another route are none of this one's, and a reason that never was is not named."""
    reporting(tmp_path, lambda report, _: _is(report.fallbacks("support"), {"unsure": 3, "connect": 1}))


def test_the_noise_rate_is_the_teachers_own_divergence(tmp_path: Path) -> None:
    """Shown beside the student's, or the student is blamed for the teacher's dice."""

    def check(report: Reporting, _: Lane) -> None:
        report.cells["support"] = (Cell("math", "answer", "lost", 10, 2, 8, 1), Cell("math", "format", "lost", 3, 0))
        shown = {k: v for k, v in values(report).items() if k[0] == "practicum_noise_rate"}
        assert shown == {("practicum_noise_rate", "answer", "lost", "math", "support"): 0.125}
        assert report.status().routes[0].cells == report.cells["support"]

    reporting(tmp_path, check)


def test_style_drift_is_in_the_status_and_on_the_page(tmp_path: Path) -> None:
    """A student that became curt and sure agrees with every answer: this is where one sees it."""
    drift = StyleDrift()
    for _ in range(1000):
        drift = drift.add(Manner(60, 3, 0), Manner(20, 0, 0))

    def check(report: Reporting, _: Lane) -> None:
        report.styles["support"] = style_status({"math": drift})
        assert values(report)["practicum_style_alarm", "math", "support"] == 1
        assert values(report)["practicum_style_unsure_ratio", "math", "support", "teacher"] == 1
        assert "shorter and surer" in report.status().routes[0].style[0].alarm

    reporting(tmp_path, check)


def test_the_room_that_is_left_is_on_the_page(tmp_path: Path) -> None:
    """Somebody has to hear of a full disk before the database does."""
    reporting(tmp_path, lambda report, _: _is(values(report)["practicum_store_free_bytes",] > 0, True))


def test_what_was_not_lost_is_there_as_0(tmp_path: Path) -> None:
    """An alert asks for growth, and a series that begins at 1 has not grown."""

    def check(report: Reporting, _: Lane) -> None:
        assert [values(report)["practicum_records_lost_total", process] for process in ("worker", "examiner")] == [0, 0]

    reporting(tmp_path, check)


def test_prices_are_on_the_page(tmp_path: Path) -> None:
    """The dashboard of costs multiplies them with tokens."""
    shown = "practicum_price_per_token", "prompt", "support", "teacher"
    reporting(tmp_path, lambda report, _: _is(values(report)[shown], 2.5e-6))


def test_a_scrape_changes_nothing(tmp_path: Path) -> None:
    """Two scrapes in a row see the same counters."""

    def check(report: Reporting, _: Lane) -> None:
        first, second = values(report), values(report)
        unsteady = {("practicum_store_free_bytes",)}  # others write to the disk
        assert {k: first[k] for k in first.keys() - unsteady} == {k: second[k] for k in second.keys() - unsteady}

    reporting(tmp_path, check)


def _is(found: object, expected: object) -> None:
    assert found == expected
