"""What a client gets where an upstream failed: an error of our own, in the way that is still open.

Before the first byte of a reply that is a whole error. Afterwards it is an error event, where the stream is readable
and stands between two events, and in any case a connection closed before the reply's end. Inventing an end is not an
option. Which failure it was, others say.
"""

from __future__ import annotations

from proxy.worker.attempts import fallback_header
from proxy.worker.client import Client
from proxy.worker.exchange import Exchange
from proxy.worker.replies import RequestError
from routing.fallback import FallbackReason
from routing.observation import Arm, Failure
from routing.traits import Endpoint

_TEACHER = Arm.TEACHER  # up to Python 3.11, looking a member up is a call
_TIMEOUTS = (Failure.FIRST_TOKEN_TIMEOUT, Failure.STALL_TIMEOUT, Failure.TOTAL_TIMEOUT)


def answer_failure(exchange: Exchange, client: Client) -> None:
    """Say what failed, in the way that is still open; a reply that broke off must not look complete."""
    if client.complete:  # a teacher's reply without its end, which ended in HTTP's good order: and so did ours
        return
    error = _error(exchange)
    if not exchange.answered:
        send_error(client, error, pair=exchange.ask.pair, fallback=exchange.fallback)
    else:
        if exchange.at_event_border:
            client.write(_error_event(exchange, error), more=True)
        client.abandon()


def send_error(client: Client, error: RequestError, *, pair: str = "", fallback: FallbackReason | None = None) -> None:
    """A whole reply of our own."""
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(error.body)), *error.headers]
    if pair:
        headers += ((b"x-practicum-pair", pair.encode()), (b"x-practicum-arm", b"teacher"), *fallback_header(fallback))
    client.start(error.status, headers)
    client.write(error.body, more=False)


_WORDS = {
    Failure.CONNECT: "could not be reached within connect_timeout, {0.connect_timeout:g} s",
    Failure.RESET: "closed the connection before its reply was complete",
    Failure.INVALID: "did not answer in valid HTTP",
    Failure.FIRST_TOKEN_TIMEOUT: "sent nothing within first_token_timeout, {0.first_token_timeout:g} s",
    Failure.STALL_TIMEOUT: "sent nothing more within stall_timeout, {0.stall_timeout:g} s",
    Failure.TOTAL_TIMEOUT: "did not finish within total_timeout, {0.total_timeout:g} s",
    Failure.ERROR_EVENT: "sent an error instead of the rest of its reply",
    Failure.TRUNCATED: "ended its reply without its end",
    Failure.DEGENERATE: "repeated itself over and over, and was stopped",
}


def _error(exchange: Exchange) -> RequestError:
    failure = exchange.failure or Failure.RESET
    route = exchange.ask.route
    limits = route.teacher if exchange.arm is _TEACHER else route.student
    words = _WORDS.get(failure, "failed").format(limits)
    status = 504 if failure in _TIMEOUTS else 502
    return RequestError(status, f"{exchange.arm}_{failure}", f"The {exchange.arm} of {route.name} {words}.")


def _error_event(exchange: Exchange, error: RequestError) -> bytes:
    named = exchange.ask.endpoint in {Endpoint.MESSAGES, Endpoint.RESPONSES}
    return (b"event: error\n" if named else b"") + b"data: " + error.body + b"\n\n"
