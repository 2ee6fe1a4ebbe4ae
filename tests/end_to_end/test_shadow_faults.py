"""A student that fails, hangs or is slow costs the callers nothing and is counted; so does a full queue or disk."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end import replies
from tests.end_to_end.asks import CHAT, ENDPOINTS, MESSAGES, ask, behave
from tests.end_to_end.behaviors import BEHAVIORS
from tests.end_to_end.practicum import Practicum, route, until
from tests.end_to_end.upstream import Upstream
from tests.end_to_end.wire import Fields

FAILING = ["reset", "hang_up", "garbage", "silent", "headers_then_silent", "status:429", "status:500", "bare:204"]
FAILING += ["empty", "invalid_json", "error_event", "cut:2", "cut_inside:2", "cut_gzip", "reset_after:2", "stall:2"]
FAILING += ["no_done", "redirect"]
JUDGED = ["good", "extensions", "until_close", "split", "early_hints", "trickle:0.05", "slow:0.3", "gzipped"]


def name_of(behavior: str) -> str:
    """A route's name for a behavior."""
    return behavior.replace(":", "-").replace(".", "-")


@pytest.fixture(scope="module")
def pupil() -> Iterator[Upstream]:
    """The student of this file's proxy: how it behaves is in each route's base URL."""
    with Upstream(BEHAVIORS) as upstream:
        yield upstream


@pytest.fixture(scope="module")
def classroom(tmp_path_factory: pytest.TempPathFactory, teacher: Upstream, pupil: Upstream) -> Iterator[Practicum]:
    """A proxy with a route for each way a student behaves."""
    routes = {name_of(behavior): route(teacher.url(), pupil.url(behavior)) for behavior in (*FAILING, *JUDGED)}
    routes["refusing"] = route(teacher.url(), pupil.url("refusing"))
    routes["huge"] = route(teacher.url(), pupil.url("huge"), {"max_reply": "64KiB"})
    routes["late"] = route(teacher.url(), pupil.url("slow:60"), {"deadline": "300ms"})
    routes["full"] = route(teacher.url(), pupil.url("slow:0.5"), {"queue": 2, "concurrency": 1})
    routes["fat"] = route(teacher.url(), pupil.url("slow:0.5"), {"queue_bytes": "1KiB", "concurrency": 1})
    routes["twice"] = route(teacher.url(), pupil.url()) | {"noise_floor": {"percentage": 100}}
    with Practicum(tmp_path_factory.mktemp("classroom"), routes) as practicum:
        yield practicum


@pytest.fixture
def lesson(classroom: Practicum, teacher: Upstream, pupil: Upstream) -> Iterator[Practicum]:
    """This file's proxy, which each test leaves without a trace."""
    classroom.mark()
    yield classroom
    classroom.settle()
    until(lambda: teacher.in_progress == pupil.in_progress == 0, "no upstream works for nobody")


@pytest.mark.parametrize("behavior", FAILING)
def test_a_failing_student_is_counted_and_nothing_else(lesson: Practicum, behavior: str, mark: str) -> None:
    """The caller sees the teacher, whole; the sample has its one outcome."""
    body = ask(CHAT, name_of(behavior), mark, stream=True)
    answer = lesson.call(CHAT, body)
    assert (answer.status, answer.body, answer.complete) == (200, replies.reply_to(CHAT, body).body, True)
    lesson.counts(1, "mirror_pairs_total", route=name_of(behavior), outcome="student_failed")
    lesson.counts(1, "mirror_sampled_total", route=name_of(behavior))
    assert lesson.grown("upstream_attempts_total", route=name_of(behavior), purpose="mirror") == 1


@pytest.mark.parametrize("behavior", JUDGED)
def test_a_sound_student_is_compared(lesson: Practicum, pupil: Upstream, behavior: str, mark: str) -> None:
    """Framing, compression and slowness are no divergence; a stream is mirrored as a stream."""
    name = name_of(behavior)
    for path in ENDPOINTS:
        for stream in (False, True):
            body = ask(path, name, mark, stream=stream)
            assert lesson.call(path, body).body == replies.reply_to(path, body).body
    count = 2 * len(ENDPOINTS)
    lesson.counts(count, "mirror_pairs_total", route=name, outcome="compared")
    assert lesson.grown("divergences_total", route=name) == 0
    calls = pupil.seen(mark)
    assert sorted(got.path for got in calls) == sorted([*ENDPOINTS] * 2)
    assert len([got for got in calls if b'"stream":true' in got.body]) == len(ENDPOINTS)
    assert all(b'"student"' in got.body for got in calls)


@pytest.mark.parametrize(
    ("behavior", "teachers", "direction"), [("good", behave("refusing"), "lost"), ("refusing", (), "gained")]
)
def test_what_only_one_arm_does_is_a_divergence(
    lesson: Practicum, behavior: str, teachers: Fields, direction: str, mark: str
) -> None:
    """On all endpoints, whole and streamed: a refusal that the student has lost, and one that it has invented."""
    for path in ENDPOINTS:
        for stream in (False, True):
            answer = lesson.call(path, ask(path, behavior, mark, stream=stream), teachers)
            assert (replies.REFUSAL in answer.body) == (direction == "lost")
    count = 2 * len(ENDPOINTS)
    lesson.counts(count, "divergences_total", route=behavior, behavior="refusal", direction=direction)
    lesson.counts(count, "mirror_pairs_total", route=behavior, outcome="compared")


def test_a_student_100_times_slower_delays_nobody(lesson: Practicum, pupil: Upstream, mark: str) -> None:
    """The caller has its whole answer while the student has not begun its own."""
    before = pupil.in_progress
    answer = lesson.call(CHAT, ask(CHAT, "late", mark))
    assert answer.body == replies.CHAT
    until(lambda: pupil.in_progress == before + 1, "the student works while the caller is served")
    lesson.counts(1, "mirror_pairs_total", route="late", outcome="expired")
    until(lambda: pupil.in_progress == before, "the late call is given up")


@pytest.mark.parametrize(("name", "reason"), [("full", "queue"), ("fat", "queue_bytes")])
def test_a_full_queue_sheds_and_serves(lesson: Practicum, name: str, reason: str, mark: str) -> None:
    """Twelve at once, of which the lane takes a few: all are served, each of the rest is counted as shed."""
    for _ in range(12):
        assert lesson.call(CHAT, ask(CHAT, name, mark)).body == replies.CHAT
    lesson.counts(12, "requests_total", route=name, outcome="ok")
    lesson.counts(12, "mirror_pairs_total", route=name)
    shed = lesson.grown("mirror_pairs_total", route=name, outcome="shed")
    assert shed >= 8
    assert lesson.grown("mirror_shed_total", route=name, reason=reason) == shed
    assert lesson.grown("mirror_pairs_total", route=name, outcome="compared") == 12 - shed
    assert lesson.total("mirror_queue_records", route=name) == 0
    assert lesson.total("mirror_queue_bytes", route=name) == 0


def test_a_student_reply_without_end_is_cut(lesson: Practicum, mark: str) -> None:
    """What is kept for comparison is bounded, whatever a student sends."""
    assert lesson.call(CHAT, ask(CHAT, "huge", mark)).body == replies.CHAT
    lesson.counts(1, "mirror_pairs_total", route="huge", outcome="student_failed")


def test_the_noise_floor_asks_the_teacher_twice(lesson: Practicum, teacher: Upstream, mark: str) -> None:
    """The second call is the examiner's, counted apart, and asks the same."""
    body = ask(MESSAGES, "twice", mark)
    assert lesson.call(MESSAGES, body).body == replies.MESSAGE
    lesson.counts(1, "mirror_pairs_total", route="twice", outcome="compared")
    assert [got.body for got in teacher.seen(mark)] == [body, body]
    lesson.counts(1, "upstream_attempts_total", route="twice", arm="teacher", purpose="noise", outcome="ok")
    lesson.counts(1, "upstream_attempts_total", route="twice", arm="teacher", purpose="serve", outcome="ok")


def test_a_students_copy_has_no_query(lesson: Practicum, teacher: Upstream, pupil: Upstream, mark: str) -> None:
    """Callers keep keys in it that are for the teacher's server."""
    name = name_of("good")
    lesson.call(CHAT + "?api-key=secret", ask(CHAT, name, mark))
    lesson.counts(1, "mirror_pairs_total", route=name, outcome="compared")
    assert teacher.received[-1].target.endswith(b"?api-key=secret")
    assert pupil.received[-1].target.endswith(b"/chat/completions")


def test_a_refusing_student_opens_its_circuit_only(service: Practicum, mark: str) -> None:
    """A student that is down is left alone; what was sampled meanwhile expires, and serving does not notice."""
    broken = {"route": "good-broken"}
    for _ in range(10):
        assert service.call(CHAT, ask(CHAT, "good-broken", mark)).body == replies.CHAT
    until(lambda: service.total("circuit_state", **broken) == 2, "the circuit is open")
    service.settle()
    service.mark()
    for _ in range(20):
        assert service.call(CHAT, ask(CHAT, "good-broken", mark)).body == replies.CHAT
    service.counts(20, "mirror_pairs_total", **broken)
    probes = service.grown("upstream_attempts_total", purpose="mirror", **broken)
    assert probes < 10
    assert service.grown("mirror_pairs_total", outcome="student_failed", **broken) == probes
    assert service.grown("mirror_pairs_total", outcome="expired", **broken) == 20 - probes
    assert service.total("circuit_state", route="good-on", arm="student") == 0


def test_a_full_disk_stops_the_shadow_and_not_the_service(
    folder: Path, teacher: Upstream, student: Upstream, mark: str
) -> None:
    """The examiner may write no more: shadow work stops and is counted, serving goes on, and room brings it back."""
    with Practicum(folder, {"x": route(teacher.url(), student.url(), {"deadline": "500ms"})}) as full:
        (examiner,) = full.pids("examiner")
        room = resource.prlimit(examiner, resource.RLIMIT_FSIZE)
        resource.prlimit(examiner, resource.RLIMIT_FSIZE, (0, room[1]))
        assert full.call(CHAT, ask(CHAT, "x", mark)).body == replies.CHAT
        until(lambda: full.total("store_available") == 0, "the full disk is noticed")
        for _ in range(10):
            assert full.call(CHAT, ask(CHAT, "x", mark)).body == replies.CHAT
        full.counts(11, "requests_total", outcome="ok")
        full.counts(10, "mirror_pairs_total", outcome="shed")
        assert full.grown("mirror_shed_total", reason="store_unavailable") == 10
        assert full.total("store_errors_total") >= 1
        assert full.probe("/readyz") == 200
        resource.prlimit(examiner, resource.RLIMIT_FSIZE, room)
        until(lambda: full.total("store_available") == 1, "the room is noticed", 30)
        assert full.call(CHAT, ask(CHAT, "x", mark)).body == replies.CHAT
        full.counts(2, "mirror_pairs_total", outcome="compared")
        full.settle()
        assert full.pids("examiner") == [examiner]
