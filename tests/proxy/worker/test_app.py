"""A whole worker: what it takes from a changed configuration, and in which order it stops."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from proxy.config.reload import Reloader
from proxy.handover import Counts, Frame, Goodbye, Hello, Record, Snapshot, frame
from proxy.worker.app import Worker
from routing.assignment import Purpose, bucket
from routing.traits import Slice
from tests.end_to_end import replies
from tests.end_to_end.asks import CHAT, ask
from tests.end_to_end.behaviors import BEHAVIORS
from tests.end_to_end.practicum import until
from tests.end_to_end.upstream import Upstream as Server
from tests.end_to_end.wire import Answer, Caller, Fields, request
from tests.proxy.test_handover import read
from tests.proxy.worker.served import InThread, listening

UNARY, STREAM = ask(CHAT, "x", "m"), ask(CHAT, "x", "m", stream=True)


class Working:
    """A worker in a thread, with its configuration file; use it as a context manager."""

    def __init__(self, folder: Path, teacher: str, listen: Mapping[str, object], environ: Mapping[str, str]) -> None:
        self.file = folder / "practicum.yaml"
        self.write(teacher, listen)
        self._reloader = Reloader(self.file, interval=60, environ=environ)
        self._socket = listening()
        self.address: tuple[str, int] = self._socket.getsockname()
        self.worker = Worker(self._reloader, str(folder / "handover.sock"), "7", environ)
        self.thread = InThread(lambda: self.worker.run(self._socket), self.worker.stop)

    def write(self, teacher: str, listen: Mapping[str, object] | None = None, student: str = "") -> None:
        """Replace the configuration file; the student is the teacher unless it is given."""
        upstream = {"base_url": teacher, "stall_timeout": "30s"}
        candidate = {"base_url": student or teacher, "model": "s"}
        unjudged = {"promise": "none"}  # the examiner here has no pairs to judge by
        routes = {"x": {"models": ["x"], "teacher": upstream, "student": candidate, "fallback": unjudged}}
        self.file.write_text(json.dumps({"listen": {"drain": "1s", **(listen or {})}, "routes": routes}))

    def reload(self) -> bool:
        """Have the file looked at; whether it is in force now."""
        seen: list[bool] = []
        self.thread.call(lambda: (self._reloader.check(), seen.append(self._reloader.ok)))  # type: ignore[func-returns-value] # two steps
        return until(lambda: seen, "the file is looked at")[0]

    def __enter__(self) -> Self:
        self.thread.start()
        until(self._answers, "the worker answers")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.thread.stop()

    def call(self, body: bytes = UNARY, headers: Fields = ()) -> Answer:
        """One chat request on a connection of its own."""
        with Caller(self.address) as caller:
            caller.send(request("POST", CHAT, body, headers))
            return caller.answer()

    def _answers(self) -> bool:
        with Caller(self.address) as caller:
            caller.send(request("GET", "/v1/models"))
            return caller.answer().status in {200, 401}


@pytest.fixture
def teacher() -> Iterator[Server]:
    """The teacher of the start."""
    with Server(BEHAVIORS) as running:
        yield running


@pytest.fixture
def successor() -> Iterator[Server]:
    """The teacher of a changed configuration."""
    with Server(BEHAVIORS) as running:
        yield running


def test_a_new_teacher_serves_new_requests_only(tmp_path: Path, teacher: Server, successor: Server) -> None:
    """A request in flight ends where it began; afterwards nothing connects us to the old one."""
    with Working(tmp_path, teacher.url("trickle:0.15"), {}, {}) as working, Caller(working.address) as caller:
        caller.send(request("POST", CHAT, STREAM))
        pieces = caller.pieces(caller.head())
        begun = next(pieces)
        working.write(successor.url())
        assert working.reload()
        assert working.call().body == replies.CHAT
        assert (len(successor.received), len(teacher.received)) == (1, 1)
        assert teacher.in_progress == 1
        assert begun + b"".join(pieces) == b"".join(replies.CHAT_STREAM)
        assert caller.complete
        until(lambda: teacher.connections == 0, "the old teacher's pool is closed")
        assert successor.connections == 1


def test_a_broken_file_changes_nothing(tmp_path: Path, teacher: Server) -> None:
    """The last good configuration serves on."""
    with Working(tmp_path, teacher.url(), {}, {}) as working:
        working.file.write_text("routes: {")
        assert not working.reload()
        assert working.call().body == replies.CHAT


def test_client_keys_come_and_go_with_the_configuration(tmp_path: Path, teacher: Server) -> None:
    """From the environment variable it names, separated by commas, blanks aside."""
    first, second = (("authorization", "Bearer one"),), (("x-api-key", "two"),)
    with Working(tmp_path, teacher.url(), {}, {"KEYS": " one, two ,,"}) as working:
        assert working.call().status == 200
        working.write(teacher.url(), {"client_keys_env": "KEYS"})
        assert working.reload()
        assert [working.call(UNARY, keys).status for keys in ((), first, second)] == [401, 200, 200]
        assert working.call(UNARY, (("x-api-key", ""),)).status == 401
        working.write(teacher.url())
        assert working.reload()
        assert working.call().status == 200


def test_limits_hold_from_the_next_request(tmp_path: Path, teacher: Server) -> None:
    """An operator who is being flooded lowers them, and must not have to restart."""
    with Working(tmp_path, teacher.url(), {}, {}) as working:
        assert working.call().status == 200
        working.write(teacher.url(), {"max_body": "10B"})
        assert working.reload()
        assert working.call().status == 413


class Listening:
    """The examiner's end of the handover as a bare socket, which keeps every byte that came."""

    def __init__(self, folder: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(str(folder / "handover.sock"))
        self._socket.listen()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def frames(self) -> list[Frame]:
        """All frames of the one connection, up to its end."""
        peer, _ = self._socket.accept()
        with peer, peer.makefile("rb") as file:
            return read(file.read())


def test_stopping_finishes_streams_and_says_goodbye_last(tmp_path: Path, teacher: Server) -> None:
    """No new connection, the old ones to their end, then the last record and counts."""
    with Listening(tmp_path) as examiner, Working(tmp_path, teacher.url("trickle:0.1"), {}, {}) as working:
        with Caller(working.address) as caller:
            caller.send(request("POST", CHAT, STREAM))
            head = caller.head()
            working.thread.call(working.worker.stop)
            until(lambda: refused(working.address), "new connections are refused")
            assert b"".join(caller.pieces(head)) == b"".join(replies.CHAT_STREAM)
            assert caller.complete
        until(lambda: not working.thread.running, "the worker ends")
        assert_told(examiner.frames(), "ok")


def test_what_the_drain_cuts_off_is_told_before_goodbye(tmp_path: Path, teacher: Server) -> None:
    """Cut for the deploy's sake, and still exactly one record and one count."""
    with Listening(tmp_path) as examiner, Working(tmp_path, teacher.url("stall:2"), {}, {}) as working:
        with Caller(working.address) as caller:
            caller.send(request("POST", CHAT, STREAM))
            head = caller.head()
            working.thread.call(working.worker.stop)
            assert b"[DONE]" not in b"".join(caller.pieces(head))
            assert not caller.complete
        until(lambda: not working.thread.running, "the worker ends")
        assert_told(examiner.frames(), "truncated")
    until(lambda: teacher.in_progress == 0, "the upstream call is cancelled")


def assert_told(frames: list[Frame], outcome: str) -> None:
    """Hello first; one record, with this outcome; counts that know of it, with nothing in flight; then goodbye."""
    assert isinstance(frames[0], Hello)
    assert [frame.outcome for frame in frames if isinstance(frame, Record)] == [outcome]
    counts, goodbye = frames[-2:]
    assert isinstance(goodbye, Goodbye)
    assert isinstance(counts, Counts)
    assert counts.in_flight == 0
    assert ("requests", ("x", "chat_completions", "teacher", outcome), 1.0) in counts.counters


def refused(address: tuple[str, int]) -> bool:
    """Whether nobody listens at an address."""
    try:
        Caller(address).close()
    except ConnectionRefusedError:
        return True
    return False


class Examiner:
    """The examiner as a worker sees it: a socket that says what the weights are, and reads what it is told."""

    def __init__(self, folder: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(str(folder / "handover.sock"))
        self._socket.listen()
        self._socket.settimeout(10)
        self._came = bytearray()
        self._peer: socket.socket

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join(10)
        self._socket.close()

    def say(self, weights: Mapping[str, int], ttl: float = 60.0) -> None:
        """Publish a snapshot with these weights of the route."""
        until(lambda: self._came, "the worker says hello")
        self._peer.sendall(frame(Snapshot(1, ttl, {"x": dict(weights)})))

    def frames(self) -> list[Frame]:
        """All that came, whole frames of it."""
        return read(bytes(self._came))

    def record(self, pair: str | None) -> Record:
        """The record of a pair, once it is here."""
        return until(lambda: [one for one in self._records() if one.pair == pair], "the record")[0]

    def _records(self) -> list[Record]:
        return [one for one in self.frames() if isinstance(one, Record)]

    def _listen(self) -> None:
        self._peer, _ = self._socket.accept()
        with self._peer:
            while data := self._peer.recv(65536):
                self._came += data


class Rollout:
    """A worker between a teacher, a student and an examiner."""

    def __init__(self, folder: Path, teacher: Server, student: Server) -> None:
        folder.mkdir()
        self.examiner = Examiner(folder)
        self.working = Working(folder, teacher.url(), {}, {})
        self.working.write(teacher.url(), student=student.url())

    def __enter__(self) -> Self:
        self.examiner.__enter__()
        self.working.__enter__()
        assert self.working.reload()
        return self

    def __exit__(self, *_: object) -> None:
        self.working.__exit__(None, None, None)
        self.examiner.__exit__()

    def served(self, conversation: str, body: bytes = UNARY) -> Record:
        """The record of a request in this conversation."""
        answer = self.working.call(body, (("x-practicum-conversation", conversation),))
        record = self.examiner.record(answer.head.value("x-practicum-pair"))
        assert answer.head.value("x-practicum-arm") == record.arm
        return record

    def students(self) -> set[str]:
        """The conversations that the student serves."""
        answers = {c: self.working.call(UNARY, (("x-practicum-conversation", c),)) for c in CONVERSATIONS}
        return {c for c, answer in answers.items() if answer.head.value("x-practicum-arm") == "student"}

    def knows(self, reason: str, conversation: str = "probe") -> None:
        """Wait until a request is decided for this reason."""
        until(lambda: self.served(conversation).reason == reason, reason)


@pytest.fixture
def rollout(tmp_path: Path, teacher: Server, successor: Server) -> Iterator[Rollout]:
    """One worker; the successor is its student."""
    with Rollout(tmp_path / "one", teacher, successor) as running:
        yield running


def everywhere(weight: int) -> dict[str, int]:
    """The same weight, in buckets, for every slice."""
    return dict.fromkeys(Slice, weight)


CONVERSATIONS = [f"c-{number}" for number in range(24)]
PLACES = {one: bucket(Purpose.SERVE, "x", "x", one) for one in CONVERSATIONS}
LAST = max(CONVERSATIONS, key=lambda one: PLACES[one])


def test_two_workers_agree_and_a_higher_weight_only_adds(
    tmp_path: Path, teacher: Server, successor: Server, rollout: Rollout
) -> None:
    """Sticky without anybody remembering: whichever worker a conversation meets, and whenever."""
    with Rollout(tmp_path / "two", teacher, successor) as other:
        for one in (rollout, other):
            one.examiner.say(everywhere(40_000))
            one.knows("above_weight", LAST)
            assert one.students() == {c for c in CONVERSATIONS if PLACES[c] < 40_000}
    assert 0 < len(rollout.students()) < len(CONVERSATIONS)
    rollout.examiner.say(everywhere(100_000))
    rollout.knows("within_weight", LAST)
    assert rollout.students() == set(CONVERSATIONS)


def test_a_weight_of_zero_asks_nothing_of_the_student(rollout: Rollout, successor: Server) -> None:
    """In shadow mode the worker does not even connect to it; the examiner mirrors."""
    for weights in ({}, everywhere(0)):
        rollout.examiner.say(weights)
        rollout.knows("weight_zero")
        assert rollout.served("c-0").arm == "teacher"
    assert (successor.received, successor.connections) == ([], 0)


def test_an_expired_snapshot_is_none(rollout: Rollout) -> None:
    """An examiner that hangs must not leave a student in place that it would have taken back."""
    rollout.examiner.say(everywhere(100_000))
    rollout.knows("within_weight")
    rollout.examiner.say(everywhere(100_000), ttl=0.0)
    rollout.knows("snapshot_expired")
    assert rollout.served("c-0").arm == "teacher"


def test_a_slice_is_served_by_its_own_weight_and_told_to_the_examiner(rollout: Rollout) -> None:
    """The conversation is the same: what differs is what its turn asks."""
    rollout.examiner.say({"math": 100_000})
    rollout.knows("above_weight")
    asks_math = b'{"model": "x", "messages": [{"role": "user", "content": "What is 17 times 23 plus 4? Compute it."}]}'
    record = rollout.served("c-0", asks_math)
    assert (record.arm, record.reason, record.slice) == ("student", "within_weight", "math")
    record = rollout.served("c-0", asks_math.replace(b"What is 17 times 23 plus 4? Compute it.", b"Hello there!"))
    assert (record.arm, record.reason, record.slice) == ("teacher", "above_weight", "general")


def test_a_request_of_nobody_is_the_teachers_and_is_counted(rollout: Rollout) -> None:
    """An operator must see that a share of the traffic can never move."""
    rollout.examiner.say(everywhere(100_000))
    rollout.knows("within_weight")
    answer = rollout.working.call(b'{"model": "x", "messages": []}')
    assert rollout.examiner.record(answer.head.value("x-practicum-pair")).reason == "unbucketable"
    assert answer.head.value("x-practicum-arm") == "teacher"
    counted = ("unbucketable", ("x",), 1.0)
    until(lambda: any(counted in one.counters for one in rollout.examiner.frames() if isinstance(one, Counts)), "it")
