"""How often a token may be tried: often enough for people and scripts, and not for whoever guesses."""

from __future__ import annotations

import pytest

from proxy.examiner.answers import Problem
from proxy.examiner.guessing import ALL, ALL_EVERY, EACH, EACH_EVERY, MOST, Guesses, address_of

TOKEN = b"open-sesame"


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        """At some time."""
        self.now = 1000.0

    def __call__(self) -> float:
        """The time."""
        return self.now


def wrong(guesses: Guesses, address: str, first: int, count: int) -> None:
    """So many wrong tokens from there, each another one."""
    for number in range(first, first + count):
        assert not guesses.right(address, b"wrong-%d" % number, TOKEN)


def test_the_right_token_is_right_and_costs_nothing() -> None:
    """However often it comes: a script bears it with every request."""
    guesses = Guesses(Clock())
    assert all(guesses.right("a", TOKEN, TOKEN) for _ in range(10 * ALL))


def test_whoever_guesses_is_refused_before_anything_is_compared() -> None:
    """Even with the right token: else a refusal would tell that a guess was wrong."""
    clock = Clock()
    guesses = Guesses(clock)
    wrong(guesses, "a", 0, EACH)
    with pytest.raises(Problem) as refused:
        guesses.right("a", TOKEN, TOKEN)
    assert (refused.value.status, refused.value.headers) == (429, {"retry-after": f"{EACH_EVERY:.0f}"})
    assert f"{EACH_EVERY:.0f} s" in refused.value.message
    assert guesses.right("b", TOKEN, TOKEN), "another address has tries of its own"
    clock.now += EACH_EVERY
    assert guesses.right("a", TOKEN, TOKEN)


def test_tries_come_back_one_by_one_and_not_without_end() -> None:
    """A night of patience buys no more than a first visit."""
    clock = Clock()
    guesses = Guesses(clock)
    wrong(guesses, "a", 0, EACH)
    clock.now += EACH_EVERY
    wrong(guesses, "a", 100, 1)
    with pytest.raises(Problem):
        guesses.right("a", b"other", TOKEN)
    clock.now += 1e6
    wrong(guesses, "a", 200, EACH)
    with pytest.raises(Problem):
        guesses.right("a", b"other", TOKEN)


def test_the_same_wrong_token_again_is_no_other_guess() -> None:
    """A script with yesterday's token must not lock out who has today's."""
    guesses = Guesses(Clock())
    assert not any(guesses.right("a", b"yesterday", TOKEN) for _ in range(10 * ALL))
    assert guesses.right("a", TOKEN, TOKEN)


def test_guessing_from_everywhere_is_guessing() -> None:
    """And whoever was here before is not shut out by it."""
    clock = Clock()
    guesses = Guesses(clock)
    assert guesses.right("operator", TOKEN, TOKEN)
    for number in range(ALL):
        wrong(guesses, f"address-{number}", 0, 1)
    with pytest.raises(Problem) as refused:
        guesses.right("stranger", b"guess", TOKEN)
    assert refused.value.retry_after == 1
    assert guesses.right("operator", TOKEN, TOKEN)
    wrong(guesses, "operator", 0, EACH)
    with pytest.raises(Problem):
        guesses.right("operator", b"one too many", TOKEN)
    clock.now += ALL_EVERY * (EACH + 1)
    wrong(guesses, "stranger", 0, 1)


def test_addresses_are_not_remembered_without_end() -> None:
    """Somebody who owns many must not fill the memory."""
    clock = Clock()
    guesses = Guesses(clock)
    for number in range(2 * MOST):
        clock.now += ALL_EVERY
        guesses.right(f"address-{number}", b"guess", TOKEN)
    assert len(guesses) == MOST


@pytest.mark.parametrize(
    ("client", "address"),
    [
        (("192.0.2.7", 4242), "192.0.2.7"),
        (("2001:db8:1:2:3:4:5:6", 1), "2001:db8:1:2::/64"),
        (("2001:db8:1:2::9%eth0", 1), "2001:db8:1:2::/64"),
        (("::ffff:192.0.2.7", 1), "192.0.2.7"),
        (("testclient", 1), "testclient"),
        (None, ""),
    ],
)
def test_one_person_is_one_address(client: tuple[str, int] | None, address: str) -> None:
    """Whoever has a network of IPv6 has 2**64 of them."""
    assert address_of({"type": "http", "client": client}) == address
