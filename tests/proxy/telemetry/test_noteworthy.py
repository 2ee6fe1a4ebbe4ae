"""Which requests are worth a look."""

from __future__ import annotations

from typing import Any

import pytest

from proxy.telemetry.noteworthy import TRACED, noteworthy
from tests.proxy.examiner.records import record


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({}, ""),
        ({"outcome": "upstream_error", "fallback": "unsure"}, "failed"),
        ({"outcome": "truncated"}, "failed"),
        ({"outcome": "rejected"}, "failed"),
        ({"fallback": "unsure", "first_token": 9.0}, "fell_back"),
        ({"fallback": "unsure", "outcome": "client_gone"}, "fell_back"),
        ({"first_token": 4.9, "total": 100.0}, ""),
        ({"first_token": 5.0}, "slow"),
        ({"first_token": None, "total": 6.0, "outcome": "client_gone"}, "slow"),
        ({"outcome": "client_gone"}, "client_gone"),
        ({"outcome": "client_error"}, "client_error"),
    ],
)
def test_one_reason_is_given(changed: dict[str, Any], why: str) -> None:
    """The gravest; and a long answer is not a slow one."""
    assert noteworthy(record(**changed), 5.0) == why


def test_callers_mistakes_are_no_traces_of_ours() -> None:
    """Anybody can make thousands of them."""
    assert TRACED.isdisjoint({"", "client_error", "client_gone"})
