"""The shadow lane's bounds, and its promise that every sample ends in exactly one outcome."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from proxy.config.settings import Mirror, Upstream
from proxy.examiner.backlog import Ended
from proxy.examiner.lane import SMALLER
from proxy.examiner.student_load import Load
from proxy.telemetry.catalog import ATTEMPTS, PAIRS, SAMPLED, SHED
from routing.circuit import THRESHOLD
from routing.observation import Arm
from tests.proxy.examiner.bench import CHANGES, FELL_BACK, FREE, KINDS, WELL, Bench, run
from tests.proxy.examiner.records import chat, route


def test_no_more_than_the_concurrency_runs_at_once() -> None:
    """The student serves others too."""

    async def scenario() -> None:
        bench = Bench(Mirror(concurrency=3))
        bench.gate.clear()
        bench.offer(10)
        await bench.until(lambda: bench.running == 3)
        assert bench.lane.health.queue_records == 7
        bench.gate.set()
        await bench.until(lambda: bench.settled == 10)
        assert bench.most == 3
        assert bench.outcomes() == {"compared": 10}

    run(scenario)


def test_a_full_queue_sheds_and_says_why() -> None:
    """Unbounded shadow work is how a mirror takes production down."""

    async def scenario() -> None:
        bench = Bench(Mirror(concurrency=1, queue=2))
        bench.gate.clear()
        bench.offer(5)
        assert bench.outcomes() == {"shed": 2}
        assert bench.tally.value(SHED, "support", "queue") == 2
        bench.gate.set()
        await bench.until(lambda: bench.settled == 5)
        assert bench.outcomes() == {"compared": 3, "shed": 2}

    run(scenario)


def test_the_queue_is_bounded_by_bytes_as_well() -> None:
    """A thousand small requests are nothing, a thousand of a megabyte are the machine."""

    async def scenario() -> None:
        bench = Bench(Mirror(concurrency=1, queue_bytes=3000))
        bench.gate.clear()
        bench.offer(4, request=chat("x" * 2000))
        assert bench.tally.value(SHED, "support", "queue_bytes") == 2
        assert bench.lane.health.queue_bytes <= 3000
        bench.gate.set()
        await bench.until(lambda: bench.settled == 4)
        assert bench.lane.health.queue_bytes == 0

    run(scenario)


def test_failures_open_the_circuit_and_the_queue_waits() -> None:
    """A student that is down is left alone; its samples wait for it up to their deadline."""

    async def scenario() -> None:
        bench = Bench(Mirror(concurrency=1), ended=Ended(failed=True))
        bench.offer(THRESHOLD + 3)
        await bench.until(lambda: bench.settled == THRESHOLD)
        assert bench.lane.paused == "circuit_open"
        assert bench.lane.health.queue_records == 3
        bench.ended = WELL
        await bench.until(lambda: bench.settled == THRESHOLD + 3)
        assert bench.outcomes() == {"student_failed": THRESHOLD, "compared": 3}
        assert bench.lane.health.circuit == "closed"

    run(scenario)


def test_it_pauses_while_the_student_is_busy_with_served_traffic() -> None:
    """The mirror takes what is left of the GPU, and no more."""

    async def scenario() -> None:
        bench = Bench(Mirror(max_waiting=8, max_kv_cache=90))
        for busy, told in ((Load(waiting=9), {}), (Load(kv_cache=0.91), FELL_BACK)):
            bench.lane.load = busy
            bench.offer(**told)
            assert bench.lane.paused == "student_busy"
        bench.lane.load = Load(waiting=8, kv_cache=0.9)
        await bench.until(lambda: bench.settled == 2)

    run(scenario)


def test_a_store_that_cannot_write_stops_shadow_work() -> None:
    """A full disk must cost evidence, never memory without end or a served request."""

    async def scenario() -> None:
        bench = Bench(store_ok=False)
        bench.offer(2)
        assert bench.outcomes() == {"shed": 2}
        assert bench.tally.value(SHED, "support", "store_unavailable") == 2
        bench.store_ok = True
        bench.offer()
        await bench.until(lambda: bench.settled == 3)
        assert bench.outcomes() == {"compared": 1, "shed": 2}

    run(scenario)


def test_an_exhausted_token_budget_sheds() -> None:
    """Shadow tokens cost money; the operator said how much."""

    async def scenario() -> None:
        bench = Bench(Mirror(concurrency=1, tokens_per_hour=15))
        for count in range(1, 5):
            bench.offer()
            await bench.until(lambda count=count: bench.settled == count)  # type: ignore[misc] # mypy wants no default
        assert bench.outcomes() == {"compared": 2, "shed": 2}

    run(scenario)


def test_draining_finishes_what_it_can_and_counts_the_rest_as_cancelled() -> None:
    """A deploy may cost samples, but not silently."""

    async def scenario() -> None:
        bench = Bench(Mirror(concurrency=2))
        bench.gate.clear()
        bench.offer(5)
        await bench.until(lambda: bench.running == 2)
        assert await bench.lane.drain(0.05) == 5
        bench.offer()
        assert bench.outcomes() == {"cancelled": 6}
        assert bench.settled == 6
        assert bench.running == 0

    run(scenario)


def test_a_changed_configuration_takes_effect_on_what_is_queued() -> None:
    """An operator who raises the concurrency wants it now."""

    async def scenario() -> None:
        bench = Bench(Mirror(concurrency=1))
        bench.gate.clear()
        bench.offer(4)
        bench.offer(3, arm="student")
        await bench.until(lambda: bench.running == 2)  # one of each
        bench.lane.adopt(replace(bench.lane.route, mirror=Mirror(concurrency=8)))
        await bench.until(lambda: bench.running == 4 + 8 // SMALLER)
        bench.gate.set()
        await bench.until(lambda: bench.settled == 7)

    run(scenario)


@settings(max_examples=40)
@given(
    st.lists(
        st.sampled_from([kind | changed for kind in KINDS for changed in CHANGES]),
        max_size=30,
    ),
    st.integers(1, 3),
    st.integers(0, 4),
    st.booleans(),
)
def test_every_sample_ends_in_exactly_one_outcome(
    offers: list[dict[str, Any]], concurrency: int, queue: int, failing: bool
) -> None:
    """The accounts of the shadow lane: sampled is the sum of the outcomes, and every record is settled once."""

    async def scenario() -> None:
        ended = Ended(failed=failing)
        bench = Bench(Mirror(concurrency=concurrency, queue=queue), ended, ended)
        for changed in offers:
            bench.offer(**changed)
            await asyncio.sleep(0)
        await bench.lane.drain(0.02)
        counted = Counter({k[1][1]: n for k, n in bench.tally.counters.items() if k[0] == PAIRS.name})
        assert counted.total() == bench.tally.value(SAMPLED, "support") == len(offers)
        assert bench.settled == len(offers)
        assert bench.lane.health.inflight == 0

    run(scenario)


def test_failed_calls_of_the_student_are_told_by_how_they_failed() -> None:
    """Its own, of this route: not the teacher's, nor those that served a caller."""

    async def scenario() -> None:
        bench = Bench()
        for labels in (
            ("support", "student", "mirror", "ok"),
            ("support", "student", "mirror", "connect"),
            ("support", "student", "mirror", "connect"),
            ("support", "teacher", "noise", "reset"),
            ("other", "student", "mirror", "reset"),
        ):
            bench.tally.count(ATTEMPTS, *labels)
        assert bench.lane.health.failures == {"connect": 2}

    run(scenario)


def test_nothing_that_spares_the_student_holds_up_an_audit() -> None:
    """A student that is down, busy or out of its token budget is the one whose served replies matter most."""

    async def scenario() -> None:
        bench = Bench(Mirror(concurrency=1, queue=THRESHOLD + 1, tokens_per_hour=5), ended=Ended(failed=True, tokens=2))
        bench.offer(THRESHOLD)
        await bench.until(lambda: bench.settled == THRESHOLD)
        bench.lane.load = Load(waiting=1000)
        assert bench.lane.paused == "circuit_open"
        bench.offer()
        assert bench.tally.value(SHED, "support", "tokens_per_hour") == 1
        bench.offer(2, arm="student")
        await bench.until(lambda: bench.outcomes().get("compared") == 2)

    run(scenario)


def test_a_queue_full_of_mirrored_samples_leaves_room_for_audits() -> None:
    """They wait for a student that is down, which no audit waits for."""

    async def scenario() -> None:
        bench = Bench(Mirror(concurrency=1, queue=2))
        bench.lane.load = Load(waiting=1000)
        bench.offer(3)
        assert bench.tally.value(SHED, "support", "queue") == 1
        bench.offer(arm="student")
        await bench.until(lambda: bench.outcomes().get("compared") == 1)
        assert bench.lane.health.queue_records == 2

    run(scenario)


def test_what_audits_meet_moves_nothing_of_the_students() -> None:
    """Neither its circuit, nor its token budget: a teacher that fails would stop the mirror else."""

    async def scenario() -> None:
        bench = Bench(Mirror(concurrency=4, tokens_per_hour=15), audit_ended=Ended(failed=True, tokens=1000))
        bench.offer(THRESHOLD + 1, arm="student")
        await bench.until(lambda: bench.settled >= THRESHOLD)
        assert (bench.lane.circuit.failures, bench.lane.paused) == (0, "")
        bench.offer()
        await bench.until(lambda: bench.outcomes().get("compared") == 1)

    run(scenario)


def test_a_teacher_that_fails_is_not_audited_on_and_on() -> None:
    """It serves callers, and is ill."""

    async def scenario() -> None:
        bench = Bench(audit_ended=Ended(failed=True))
        bench.offer(THRESHOLD, arm="student")
        await bench.until(lambda: bench.settled == THRESHOLD)
        bench.offer(3, arm="student")
        assert (bench.lane.health.inflight, bench.lane.health.queue_records) == (0, 3)
        bench.audit_ended = WELL
        await bench.until(lambda: bench.settled == THRESHOLD + 3)
        assert bench.outcomes() == {"teacher_failed": THRESHOLD, "compared": 3}

    run(scenario)


def test_audits_have_a_quarter_of_the_mirrors_bounds() -> None:
    """Beside it: what the operator allows the mirror stays the mirror's."""

    async def scenario() -> None:
        bench = Bench(Mirror(concurrency=8, queue=8))
        bench.gate.clear()
        bench.offer(9)
        bench.offer(5, arm="student")
        await bench.until(lambda: bench.running == 10)
        assert bench.tally.value(SHED, "support", "queue") == 1
        assert bench.lane.health.queue_records == 3
        bench.gate.set()
        await bench.until(lambda: bench.settled == 14)
        assert bench.outcomes() == {"compared": 13, "shed": 1}

    run(scenario)


def test_replies_of_a_student_that_was_replaced_are_no_evidence_on_the_new_one() -> None:
    """Neither those that wait, nor those of requests that began before every worker knew of the new one."""

    async def scenario() -> None:
        bench = Bench()
        bench.gate.clear()
        began = time.time()
        bench.offer(9, arm="student", started=began)  # eight under way, one waits
        bench.offer(33, started=began)  # the teacher's: they are compared with whatever student there is
        await bench.until(lambda: bench.running == 40)
        bench.lane.adopt(replace(bench.lane.route, student=Upstream("http://127.0.0.1:2/v1", "smaller")))
        assert bench.outcomes() == {"unjudgeable": 1}
        bench.offer(arm="student", started=began + 1)
        assert bench.outcomes() == {"unjudgeable": 2}
        bench.offer(arm="student", started=began + 60)
        bench.gate.set()
        await bench.until(lambda: bench.settled == 44)
        assert bench.outcomes() == {"compared": 42, "unjudgeable": 2}

    run(scenario)


def test_replies_of_a_teacher_that_was_replaced_are_no_measure_of_the_student() -> None:
    """The same the other way round; and a change of its limits alone replaces nobody."""

    async def scenario() -> None:
        bench = Bench(Mirror(concurrency=1))
        bench.gate.clear()
        bench.offer(3, started=time.time())
        bench.lane.adopt(replace(bench.lane.route, teacher=replace(bench.lane.route.teacher, max_connections=7)))
        assert bench.outcomes() == {}
        bench.lane.adopt(replace(bench.lane.route, teacher=replace(bench.lane.route.teacher, model="larger")))
        assert bench.outcomes() == {"unjudgeable": 2}
        bench.gate.set()
        await bench.until(lambda: bench.settled == 3)

    run(scenario)


def test_nothing_holds_up_a_sample_that_asks_nobody_but_the_store() -> None:
    """Neither a student that is ill or busy, nor its budget, nor a teacher that fails audits; nor does it move them."""

    async def scenario() -> None:
        bench = Bench(Mirror(concurrency=1, tokens_per_hour=5), Ended(failed=True, tokens=9), Ended(failed=True))
        bench.offer(THRESHOLD, arm="student")
        bench.offer(THRESHOLD)
        await bench.until(lambda: bench.lane.circuits == {Arm.STUDENT: "open", Arm.TEACHER: "open"})
        bench.lane.load = Load(waiting=1000)
        circuits = bench.lane.circuit, bench.lane.circuits
        bench.offer(3, **FREE)
        await bench.until(lambda: bench.outcomes().get("compared") == 3)
        assert (bench.lane.circuit, bench.lane.circuits) == circuits
        bench.store_ok = False
        bench.offer(**FREE)
        assert bench.tally.value(SHED, "support", "store_unavailable") == 1

    run(scenario)


def test_a_student_that_is_unsure_of_everything_crowds_nothing_out() -> None:
    """Its pairs are bounded apart from audits and mirrored samples; beyond, they are shed, and counted."""

    async def scenario() -> None:
        bench = Bench(Mirror(concurrency=SMALLER, queue=2 * SMALLER))
        bench.gate.clear()
        bench.offer(9, **FREE)
        assert bench.lane.health.inflight == 1
        assert bench.lane.health.queue_records == 2
        assert bench.tally.value(SHED, "support", "queue") == 6
        bench.offer(3, arm="student")
        bench.offer(12)
        assert bench.tally.value(SHED, "support", "queue") == 6
        bench.gate.set()
        await bench.until(lambda: bench.settled == 24)
        assert bench.outcomes() == {"compared": 18, "shed": 6}

    run(scenario)


def test_pairs_of_a_model_that_was_replaced_are_no_evidence_whichever_it_was() -> None:
    """A sample that asks nobody holds a reply of both."""

    async def scenario() -> None:
        another = Upstream("http://127.0.0.1:9/v1", "another")
        for changed in (route(student=another), route(teacher=another)):
            bench = Bench(Mirror(concurrency=1))
            bench.gate.clear()
            began = time.time()
            bench.offer(2, started=began, **FREE)
            bench.lane.adopt(changed)
            assert bench.outcomes() == {"unjudgeable": 1}
            bench.offer(started=began + 1, **FREE)
            assert bench.outcomes() == {"unjudgeable": 2}
            bench.gate.set()
            await bench.until(lambda bench=bench: bench.settled == 3)  # type: ignore[misc] # mypy wants no default

    run(scenario)
