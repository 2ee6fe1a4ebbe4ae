"""The spans of the work on a pair: in a trace of its own, linked to what its caller saw."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from proxy.config.own import Judge, OwnBehavior
from proxy.examiner.mirror_call import Call, Heard
from proxy.examiner.sampling import Outcome
from proxy.examiner.tracing.shadow import Examined, shadow_spans
from proxy.examiner.tracing.span import Kind, Span
from proxy.examiner.tracing.trail import ROLES, ShadowCall
from proxy.telemetry.tally import Exemplar
from proxy.telemetry.trace_ids import shadow
from routing.divergence import Direction, Trial
from routing.observation import Arm, Failure, Observation, Timing
from routing.traits import Endpoint
from tests.end_to_end.judges import JUDGES
from tests.end_to_end.practicum import until
from tests.end_to_end.upstream import Upstream
from tests.proxy.examiner.examining import examine
from tests.proxy.examiner.records import STUDENT, TEACHER, answered, record, route
from tests.proxy.examiner.tracing.receiver import attributes, over_http

PAIR = "019a0b0c0d0e" + "00112233445566f0"
TRACE = "0af7651916cd43dd8448eb211c80319c"
TRIALS = (Trial("refusal", Direction.LOST, True, 0.5), Trial("hedging", Direction.GAINED, False))


def call(purpose: str = "mirror", began: float = 1_790_000_001.0, pair: str = PAIR, **changed: Any) -> ShadowCall:
    """A call that went well; ``changed`` are fields of what was heard, or ``given_up``."""
    given_up = changed.pop("given_up", False)
    arm, target = (Arm.STUDENT, STUDENT) if purpose == "mirror" else (Arm.TEACHER, TEACHER)
    known: dict[str, Any] = {"status": 200, "failure": None, "body": answered("41"), "timing": Timing(0.1, 0.5)}
    made = Call(target, "support", arm, purpose, Endpoint.CHAT, "/chat/completions", b"", False, pair, 10_000)
    heard = Heard(content_type="application/json", encoding="", began=began, **(known | changed))
    return ShadowCall(made, shadow(pair, ROLES[purpose]), heard, given_up)


def spans(*calls: ShadowCall, traceparent: str = "", request: bytes = b'{"model":"large"}') -> tuple[Span, ...]:
    """Of the work on a pair that diverged."""
    told = record(pair=PAIR, traceparent=traceparent, request=request)
    examined = Examined("math", "compared", calls, TRIALS, 1_790_000_002.0)
    return shadow_spans(told, route(), examined, "diverged")


def test_the_work_is_a_span_with_one_for_each_call() -> None:
    """It names what diverged, and why it was kept."""
    whole, mirror, noise = spans(call(), call("noise", began=1_790_000_000.5))
    assert (whole.name, whole.kind, whole.place.trace) == ("examine", Kind.INTERNAL, "7073" + PAIR)
    assert (whole.start, whole.end) == (1_790_000_000_500_000_000, 1_790_000_002_000_000_000)
    assert whole.attributes == {
        "practicum.pair_id": PAIR,
        "practicum.route": "support",
        "practicum.slice": "math",
        "practicum.outcome": "compared",
        "practicum.diverged": ("refusal.lost",),
        "practicum.kept": "diverged",
    }
    assert {mirror.parent, noise.parent} == {whole.place}
    assert (mirror.name, noise.name) == ("chat small", "chat")
    assert mirror.end - mirror.start == 500_000_000
    assert [span.attributes["practicum.arm"] for span in (mirror, noise)] == ["student", "teacher"]
    assert mirror.attributes["gen_ai.request.model"] == "small"
    assert noise.attributes["gen_ai.request.model"] == "large"
    assert mirror.attributes["gen_ai.usage.output_tokens"] == 2


def test_it_is_linked_to_what_the_caller_saw() -> None:
    """In whichever trace that is."""
    own, callers = spans()[0], spans(traceparent=f"00-{TRACE}-b7ad6b7169203331-01")[0]
    assert [link.trace for link in own.links] == ["7063" + PAIR]
    assert [link.trace for link in callers.links] == [TRACE]
    assert {link.span for span in (own, callers) for link in span.links} == {"00112233445566f0"}


def test_a_call_that_failed_is_an_error_of_its_own() -> None:
    """The examination went well: it found that out."""
    silence: dict[str, Any] = {"status": 0, "body": b"", "timing": Timing(None, 0.5)}
    whole, mirror = spans(call(failure=Failure.CONNECT, **silence))
    assert (whole.error, mirror.error, mirror.attributes["practicum.outcome"]) == ("", "connect", "connect")
    _, mirror = spans(call(given_up=True, **silence))
    assert (mirror.error, mirror.attributes["practicum.outcome"]) == ("", "cancelled")


def test_a_reply_that_cannot_be_read_is_an_error_of_its_call() -> None:
    """HTTP went well; what came is no reply."""
    seen = Observation(Arm.STUDENT, failure=Failure.INVALID)
    examined = Examined("math", "student_failed", (call(body=b"<html>"),), (), 1_790_000_002.0, {"mirror": seen})
    _, mirror = shadow_spans(record(pair=PAIR), route(), examined, "sampled")
    assert (mirror.error, mirror.attributes["practicum.outcome"]) == ("invalid", "invalid")


def test_a_stream_has_a_first_chunk() -> None:
    """A unary reply has none to speak of."""
    key = "gen_ai.response.time_to_first_chunk"
    assert spans(call(), request=b'{"model":"l","stream":true}')[1].attributes[key] == 0.1
    assert spans(call())[1].attributes[key] is None


def test_a_pair_that_cost_no_call_takes_no_time() -> None:
    """Both replies were there."""
    (whole,) = spans()
    assert whole.start == whole.end


def test_each_call_of_a_traced_pair_is_a_span_that_its_upstream_knows(tmp_path: Path) -> None:
    """What the student's server did for a mirror call hangs below it, in the collector."""
    told = record(pair="019a0b0c0d0e00112233445566f0")
    with over_http() as collector:
        result = examine(tmp_path, told, noise=answered("43"), collector=collector.url)
    spans = collector.of(told.pair, 3)
    for name, got in (("mirror", result.student_got), ("noise", result.teacher_got)):
        parent = f"00-{spans[name].trace_id.hex()}-{spans[name].span_id.hex()}-01"
        assert [request.headers["traceparent"] for request in got] == [parent]
        assert spans[name].parent_span_id == spans["examine"].span_id
    assert attributes(spans["examine"])["practicum.diverged"] == ["answer.lost"]
    assert attributes(spans["mirror"])["gen_ai.request.model"] == "small"
    assert Exemplar(told.pair, "7073" + told.pair) in result.tally.exemplars.values()


def test_what_cannot_be_compared_is_traced_as_well(tmp_path: Path) -> None:
    """An audit whose teacher is ill: its span says so."""
    told = record(pair="019a0b0c0d0e00112233445566f0", arm="student", reason="within_weight")
    with over_http() as collector:
        result = examine(tmp_path, told, teacher_status=500, collector=collector.url)
    assert result.outcomes == [Outcome.TEACHER_FAILED]
    spans = collector.of(told.pair, 2)
    assert attributes(spans["examine"])["practicum.outcome"] == "teacher_failed"
    assert attributes(spans["audit"])["error.type"] == "500"


def test_each_question_to_a_judge_is_a_span_that_the_judges_server_knows(tmp_path: Path) -> None:
    """Of the student's reply and of the teacher's second: two questions, two spans, though of one judge."""
    told = record(pair=PAIR)
    with over_http() as collector, Upstream(JUDGES) as judge:
        own = (OwnBehavior("kind", judge=Judge(judge.url("kind"), "big", "It is kind.", timeout=5.0)),)
        examine(tmp_path, told, noise=answered("So sorry."), own=own, collector=collector.url)
        until(lambda: judge.connections == 0, "the judge is left")
    spans = [span for span in collector.spans if attributes(span)["practicum.pair_id"] == PAIR]
    assert sorted(span.name for span in spans) == ["chat", "chat big", "chat big", "chat small", "examine"]
    assert len({span.span_id for span in spans}) == 5
    asked = [span for span in spans if span.name == "chat big"]
    (whole,) = (span for span in spans if span.name == "examine")
    for span in asked:
        assert (span.trace_id, span.parent_span_id) == (whole.trace_id, whole.span_id)
        assert whole.start_time_unix_nano <= span.start_time_unix_nano < span.end_time_unix_nano
        assert span.end_time_unix_nano <= whole.end_time_unix_nano
        assert attributes(span).items() >= {
            "gen_ai.operation.name": "chat", "gen_ai.request.model": "big", "gen_ai.request.temperature": 0.0,
            "gen_ai.usage.input_tokens": 90, "server.address": "127.0.0.1", "practicum.arm": "judge",
            "practicum.purpose": "judge", "practicum.outcome": "ok",
        }.items()  # fmt: skip
    parents = {f"00-{span.trace_id.hex()}-{span.span_id.hex()}-01".encode() for span in asked}
    assert {header for request in judge.received for header in request.values("traceparent")} == parents


def test_a_call_that_was_given_up_is_there(tmp_path: Path) -> None:
    """The student hung until the pair had expired: that is what somebody looks for, and its server was told of it."""
    told = record(pair=PAIR)
    with over_http() as collector:
        result = examine(tmp_path, told, collector=collector.url, student_hangs=True)
    (got,) = result.student_got
    spans = collector.of(told.pair, 2)
    assert attributes(spans["examine"])["practicum.outcome"] == "cancelled"
    assert attributes(spans["mirror"])["practicum.outcome"] == "cancelled"
    assert got.headers["traceparent"].split("-")[2] == spans["mirror"].span_id.hex()
