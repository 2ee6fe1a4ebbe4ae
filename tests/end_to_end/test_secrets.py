"""Keys that callers and operators give, looked for in everything that is written down or sent away to be watched."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.end_to_end.asks import CHAT, behave
from tests.end_to_end.practicum import Practicum, Section, route, until
from tests.end_to_end.upstream import Upstream
from tests.end_to_end.wire import Fields
from tests.proxy.examiner.tracing.receiver import Collector, over_http

CLIENTS, TEACHERS, STUDENTS, COLLECTORS, ADMINS = (
    f"sk-{who}-hunter2" for who in ("clients", "teachers", "students", "collectors", "admins")
)
IN_QUERY, IN_HEADER, IN_BODY = (f"sk-in-{where}-hunter2" for where in ("query", "header", "body"))
WRONG = "sk-wrong-hunter2"
KEY: Fields = (("authorization", f"Bearer {CLIENTS}"),)
CARRIED: Fields = (("cookie", IN_HEADER), ("x-custom-key", IN_HEADER), ("x-practicum-conversation", IN_HEADER))
ENVIRON = {
    "CLIENT_KEYS": CLIENTS,
    "TEACHER_KEY": TEACHERS,
    "STUDENT_KEY": STUDENTS,
    "COLLECTOR_HEADERS": f"authorization=Bearer%20{COLLECTORS}",
    "ADMIN_TOKEN": ADMINS,
}


class Watched(Practicum):
    """Everything that can be watched is: each request has a line and a trace, and what is said stays unsaid."""

    def __init__(self, folder: Path, routes: Mapping[str, Section], collector: Collector) -> None:
        self._collector = collector
        listen, admin = {"client_keys_env": "CLIENT_KEYS", "max_body": "64KiB"}, {"token_env": "ADMIN_TOKEN"}
        super().__init__(folder, routes, listen=listen, admin=admin, environ=ENVIRON)

    def text(self, routes: Mapping[str, Section]) -> str:
        """With the sections of this file."""
        target = {"otlp_endpoint": self._collector.url, "headers_env": "COLLECTOR_HEADERS", "sample": 100}
        return json.dumps({**json.loads(super().text(routes)), "tracing": target, "log": {"requests": 100}})


@pytest.fixture
def collector() -> Iterator[Collector]:
    with over_http() as one:
        yield one


@pytest.fixture
def watched(tmp_path: Path, teacher: Upstream, student: Upstream, collector: Collector) -> Iterator[Watched]:
    both = route(teacher.url(), student.url("status:401"), teacher_keys={"api_key_env": "TEACHER_KEY"})
    both["student"] = {**dict(both["student"]), "api_key_env": "STUDENT_KEY"}  # type: ignore[call-overload] # a section
    with Watched(tmp_path, {"x": both}, collector) as practicum:
        yield practicum


def body(model: str, mark: str) -> bytes:
    """A request that talks about a key, and whose mark an upstream remembers."""
    turns = [{"role": "user", "content": f"My key is {IN_BODY}."}]
    return json.dumps({"model": model, "messages": turns, "user": IN_BODY, "x_mark": mark}).encode()


def refusals(watched: Watched, mark: str) -> list[int]:
    """The statuses of requests that get no route, each with keys wherever a caller may put them."""
    target, good = f"{CHAT}?api_key={IN_QUERY}", body("x", mark)
    return [
        watched.call(target, good, (("authorization", f"Bearer {WRONG}"), *CARRIED)).status,
        watched.call(target, good[:-1], (*KEY, *CARRIED)).status,
        watched.call(target, body(IN_BODY, mark), (*KEY, *CARRIED)).status,
        watched.call(f"/v2%3Fapi_key={IN_QUERY}", good, (*KEY, *CARRIED)).status,
    ]


def test_no_key_is_written_or_sent_to_a_collector(
    watched: Watched, teacher: Upstream, student: Upstream, collector: Collector, mark: str
) -> None:
    """Of requests that go well, fail in any way, or are refused; though every upstream got what was meant for it."""
    target, pairs = f"{CHAT}?api_key={IN_QUERY}", []
    for behavior in ("good", "status:401", "reset", "garbage", "cut_short", "invalid_json"):
        answer = watched.call(target, body("x", mark), (*KEY, *CARRIED, *behave(behavior)))
        pairs.append(answer.head.value("x-practicum-pair") or "")
    watched.call(f"/v1/files?api_key={IN_QUERY}", IN_BODY.encode(), (*KEY, *CARRIED))
    assert refusals(watched, mark) == [401, 400, 404, 404]
    for pair in pairs:
        collector.of(pair, 4 if pair == pairs[0] else 2)  # of the first, the mirror call too
    until(lambda: sum("refused" in line for line in watched.log) == 4, "four refusals are told")
    page = watched.ask_admin("/metrics", (("authorization", f"Bearer {ADMINS}"),)).body
    watched.stop()

    assert teacher.seen(mark)[0].values("authorization") == [f"Bearer {TEACHERS}".encode()]
    assert IN_QUERY.encode() in teacher.seen(mark)[0].target
    assert student.seen(mark)[0].values("authorization") == [f"Bearer {STUDENTS}".encode()]
    assert collector.headers[0]["authorization"] == f"Bearer {COLLECTORS}"
    told = "".join(watched.log).encode() + page + b"".join(one.SerializeToString() for one in collector.requests)
    assert all(pair.encode() in told for pair in pairs)
    assert b"hunter2" not in told
