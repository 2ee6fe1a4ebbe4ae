"""Queries of ``/api/pairs`` and the filters they mean."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import QueryParams

from proxy.examiner.answers import Problem
from proxy.examiner.pair_query import DEFAULT_LIMIT, KNOWN, MAX_LIMIT, pair_filter
from proxy.store.query import PairFilter
from routing.divergence import Direction


def test_all_filters_together() -> None:
    """Each name of the contract reaches its field."""
    query = QueryParams(
        "route=a&behavior=format&slice=math&direction=lost&since=10.5&until=1970-01-01T00:01:00&limit=7&cursor=c"
    )
    expected = PairFilter("a", "format", "math", Direction.LOST, None, 10.5, 60.0, 7, "c")
    assert pair_filter(query, bounded=True) == expected


def test_a_fallback_is_a_reason_or_any() -> None:
    """Whoever asks why the teacher had to answer asks for one reason, or for all of them."""
    found = [
        pair_filter(QueryParams(query), bounded=True).fallback for query in ("fallback=unsure", "fallback=any", "")
    ]
    assert found == ["unsure", "any", None]


def test_limits() -> None:
    """A page is bounded, an export is not unless asked."""
    assert pair_filter(QueryParams(""), bounded=True).limit == DEFAULT_LIMIT
    assert pair_filter(QueryParams(""), bounded=False).limit is None
    assert pair_filter(QueryParams("limit=5000"), bounded=False).limit == 5000


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ("rout=a", "rout"),
        ("slice=mathematics", "slice"),
        ("direction=LOST", "direction"),
        ("fallback=tired", "fallback"),
        ("since=yesterday", "since"),
        ("since=nan", "since"),
        ("until=inf", "until"),
        ("limit=0", "limit"),
        ("limit=-1", "limit"),
        ("limit=1e3", "limit"),
        (f"limit={MAX_LIMIT + 1}", "limit"),
        ("limit=" + "9" * 5000, "limit"),
        ("limit=٣", "limit"),
    ],
)
def test_mistakes_name_the_parameter(query: str, param: str) -> None:
    """A filter that is misspelled must not widen the answer in silence."""
    with pytest.raises(Problem) as caught:
        pair_filter(QueryParams(query), bounded=True)
    assert (caught.value.status, caught.value.param) == (400, param)


@given(st.dictionaries(st.sampled_from(KNOWN), st.text()))
def test_any_text_is_a_filter_or_a_problem(query: dict[str, str]) -> None:
    """Whatever is sent, nothing else is raised."""
    with contextlib.suppress(Problem):
        assert pair_filter(QueryParams(query), bounded=True).limit is not None
