"""A call of the teacher: what it is sent, and that a client which takes nothing ends it."""

from __future__ import annotations

import json

import pytest

from tests.end_to_end.asks import CHAT, ENDPOINTS, ask
from tests.end_to_end.practicum import until
from tests.end_to_end.upstream import Upstream as Server
from tests.end_to_end.wire import request
from tests.proxy.worker.served import Port
from tests.proxy.worker.teachers import STREAM, TOTAL, UNARY, named


@pytest.mark.parametrize("path", ENDPOINTS)
def test_the_teacher_is_asked_for_the_model_it_knows(port: Port, server: Server, path: str) -> None:
    """Nothing else of the body changes, and the record keeps what the client wrote."""
    sent = named(ask(path, "support", "m"), "renamed")
    port.call(path, sent)
    got = json.loads(server.received[0].body)
    assert got == {**json.loads(sent), "model": "gpt-large"}
    assert b'"x_n":1.50e0' in server.received[0].body.replace(b" ", b"")
    assert port.settled()[0].request == sent


def test_another_endpoints_body_is_never_rewritten(port: Port, server: Server) -> None:
    """It may be anything."""
    sent = named(UNARY, "renamed")
    port.call("/v1/embeddings", sent)
    assert server.received[0].body == sent


def test_the_teacher_gets_the_key_configured_for_it(port: Port, server: Server) -> None:
    """And not the client's."""
    port.call(CHAT, named(UNARY, "keyed"), (("authorization", "Bearer client"),))
    port.call(CHAT, UNARY, (("authorization", "Bearer client"),))
    keyed, open_ = server.received
    assert (keyed.values("authorization"), open_.values("authorization")) == ([b"Bearer ours"], [b"Bearer client"])


def test_a_client_that_never_reads_is_given_up_after_the_total(port: Port, server: Server) -> None:
    """It is the client who is at fault, and the record says so."""
    with port.connect() as caller:
        caller.send(request("POST", CHAT, STREAM, (("x-behave", "flood"),)))
        until(lambda: server.in_progress == 1, "the teacher is asked")
        (record,) = port.settled()
        assert (record.outcome, record.failure) == ("client_gone", "")
        assert round(record.total, 1) >= TOTAL  # the loop's clock ticks in milliseconds
