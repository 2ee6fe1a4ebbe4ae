"""Why no pair was found."""

from __future__ import annotations

from proxy.cli.no_match import no_match
from proxy.cli.wanted import Wanted

ANY = Wanted(None, None, None, None, None, None)


def wanted(route: str | None = None, behavior: str | None = None) -> Wanted:
    """A filter by these."""
    return Wanted(route, behavior, None, None, None, None)


def test_a_route_that_is_not_there_is_named_with_the_nearest() -> None:
    """A slip in a name must not look like a student without losses."""
    assert no_match(wanted("suport"), ["support"]).endswith("'suport' here; did you mean \"support\"?")
    assert no_match(wanted("x"), []).endswith("there is none yet")


def test_a_behavior_that_is_not_built_in_is_named() -> None:
    """It may be an operator's own, so it is no error."""
    assert "'refusals' is no built-in behavior; did you mean \"refusal\"?" in no_match(
        wanted(behavior="refusals"), ["x"]
    )


def test_else_it_is_said_what_is_kept() -> None:
    """Most agreeing pairs are not."""
    assert "privacy.agreeing_sample" in no_match(ANY, [])
    assert "privacy.agreeing_sample" in no_match(wanted("x", "refusal"), ["x"])
