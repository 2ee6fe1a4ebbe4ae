"""Sessions begin, end, and make room; their keys are kept nowhere."""

from __future__ import annotations

import pickle
import time

from proxy.examiner.console.sessions import LIFETIME, MOST, Session, Sessions


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        """At the beginning."""
        self.now = 0.0

    def __call__(self) -> float:
        """The time."""
        return self.now


def test_a_session_lasts_its_time_however_busy() -> None:
    """A browser that was left open in a café is not signed in for ever."""
    clock = Clock()
    sessions = Sessions(clock)
    key = sessions.begin()
    clock.now = LIFETIME - 1
    assert sessions.find(key) is not None
    clock.now = LIFETIME
    assert sessions.find(key) is None


def test_a_session_that_was_ended_is_gone() -> None:
    """Signing out is more than forgetting a cookie."""
    sessions = Sessions()
    key = sessions.begin()
    found = sessions.find(key)
    sessions.end(key)
    sessions.end(key)
    assert sessions.find(key) is None
    assert found is not None
    assert found.ends is not None
    assert found.ends <= time.monotonic()  # a stream that is open sees that


def test_no_other_key_finds_one() -> None:
    """Also keys that are no text: they come from whoever asks."""
    sessions = Sessions()
    key = sessions.begin()
    assert [sessions.find(other) for other in ("", key[:-1], key.upper() + "x", "\udcff\x00", "é" * 9999)] == [None] * 5


def test_the_first_makes_room() -> None:
    """Whoever signs in again and again fills nothing up."""
    sessions = Sessions()
    first, second = sessions.begin(), sessions.begin()
    for _ in range(MOST - 1):
        sessions.begin()
    assert (len(sessions), sessions.find(first), sessions.find(second) is None) == (MOST, None, False)


def test_ended_sessions_make_room_first() -> None:
    """A session of now is not dropped for one of yesterday."""
    clock = Clock()
    sessions = Sessions(clock)
    sessions.begin()
    clock.now = LIFETIME + 1
    sessions.begin()
    assert len(sessions) == 1


def test_keys_and_secrets_are_shown_nowhere() -> None:
    """A dump of memory or a line of a log signs nobody in."""
    sessions = Sessions()
    key = sessions.begin()
    found = sessions.find(key)
    assert found is not None
    assert found.csrf not in repr(found)
    assert key.encode() not in pickle.dumps(sessions.__dict__["_open"])
    assert found.csrf != Session().csrf


def test_a_notice_is_told_once() -> None:
    """The page after an order says what was done; the next one does not say it again."""
    session = Session(notice="done")
    assert (session.told(), session.told()) == ("done", "")
