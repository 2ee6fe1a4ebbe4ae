"""``practicum explain``: what a colleague would say, and an exit code that a script can stop at."""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from starlette.datastructures import QueryParams

from proxy.cli.explain import show_explanation
from proxy.cli.terminal import is_plain
from proxy.examiner.explanation import Explanation, explained
from proxy.examiner.status import RouteStatus
from tests.proxy.cli.command import practicum
from tests.proxy.desk import a_desk, filled, served, some_status
from tests.proxy.rollouts import CODE, FAILED, HELD, MATH, PASSED, WAIVED, gate, moving_route, slice_status
from tests.proxy.store.samples import pair

EPOCH = moving_route().epoch
PAIRS = (
    *(pair(number, slice="math", epoch=EPOCH) for number in range(6)),
    pair(6, slice="math", epoch=EPOCH, served="student"),
    pair(7, slice="math", epoch="0123456789ab.0"),
)


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A port with a rollout under way, and pairs in one of its slices."""
    directory: Path = tmp_path_factory.mktemp("explain")
    store = filled(directory, PAIRS)
    with served(a_desk(store, status=lambda: some_status(moving_route()))) as url:
        yield url
    store.close()


def page(found: Explanation, *, whole: bool = True, width: int = 400) -> str:
    """The explanation as text."""
    file = io.StringIO()
    show_explanation(
        Console(file=file, width=width, markup=False, highlight=False), found, whole=whole, admin="http://a"
    )
    return file.getvalue()


def of(route: RouteStatus, **query: str) -> Explanation:
    """An explanation without a port."""
    return explained(route, QueryParams(query))


def facts(text: str) -> dict[str, str]:
    """What stands beside each name; of several, the last."""
    rows = (line.strip().partition("  ") for line in text.splitlines() if line.startswith("  "))
    return {name: said.strip() for name, _, said in rows}


def test_one_slice_reads_like_a_colleague(port: str) -> None:
    """Verdict and why in a line, then all that one would ask next, and a command that can be pasted."""
    ran = practicum("explain", "support", "refusal", "--slice", "math", "--admin", port)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[0] == f"refusal holds in math: {HELD}"
    told = facts(ran.out)
    assert told["lost"].startswith("1 of 120 conversations (0.8 %), between 0.021 % and 4.6 %; -0.5 points beyond")
    assert told["gained"] == "0 of 95 conversations (0.0 %), between 0 % and 3.1 %; the teacher was never asked twice"
    assert told["teacher alone"] == "lost by itself on 1 of 40 requests asked twice (2.5 %)"
    assert told["limits"] == "passes where certified below 3 %; fails where certified above 6 %"
    assert told["missing"] == "needs 41 more conversations in which the teacher shows it, without a loss"
    assert told["acts"] == "yes: a failure takes the slice back"
    assert told["served"] == "5 % of math, the least of ceiling 100, step 5, earned 27"
    assert told["why not more"] == "the step"
    assert told["rollout"] == "canary, step 2 of 6; waits: a pause of 1200 s more"
    assert told["besides"] == "others hold, clean conversations that show it needed: more than can be told for format"
    shown = [line.split("pair-", 1)[1].strip() for line in ran.out.splitlines() if "  pair-" in line]
    assert shown[0] == "000007  2001-09-09 01:46:47Z  math  lost  (of an earlier epoch: it does not count any more)"
    assert shown[1] == "000006  2001-09-09 01:46:46Z  math  lost  (the caller got it)"
    assert shown[2] == "000005  2001-09-09 01:46:45Z  math  lost"
    assert len(shown) == 5
    assert f"pair pair-000006 --admin {port}" in told["look at one"], "the newest that counts"


def test_a_failed_gate_is_exit_code_1_with_the_reason_on_standard_error(port: str) -> None:
    """A script that deploys stops there, and its log says why."""
    ran = practicum("explain", "support", "refusal", "--admin", port)
    assert ran.code == 1
    assert ran.err == f"practicum: refusal fails in general: {FAILED}\n"


def test_json_has_the_same_exit_code(port: str) -> None:
    """Whoever reads the JSON must not have to judge it."""
    ran = practicum("explain", "support", "refusal", "--json", "--admin", port)
    assert (ran.code, json.loads(ran.out)["verdict"]) == (1, "fail")
    assert practicum("explain", "support", "answer", "--json", "--admin", port).code == 0


def test_a_name_that_nobody_knows_is_refused(port: str) -> None:
    """With those that are known."""
    for asked, known in (
        (("refusl",), "known: refusal"),
        (("refusal", "--slice", "maths"), "known: code, general, math"),
    ):
        ran = practicum("explain", "support", *asked, "--admin", port)
        assert (ran.code, ran.out) == (1, "")
        assert known in ran.err


def test_of_all_slices_only_those_in_trouble_are_told_in_full() -> None:
    """Eight slices of which seven pass are eight lines and one story."""
    told = page(of(moving_route(), behavior="refusal"), whole=False)
    assert f"refusal passes in code: {PASSED}" in told
    assert told.count("limits") == 2
    assert page(of(moving_route(), behavior="refusal", slice="code")).count("limits") == 1


def test_a_gate_that_does_not_act_says_so_at_once() -> None:
    """A failure that is waived alarms nobody who reads to the end of the line."""
    told = page(of(moving_route(), behavior="hedging", slice="code"))
    assert told.splitlines()[0] == f"hedging fails in code: {FAILED}; it does not act: {WAIVED}"
    assert facts(told)["acts"] == f"no: {WAIVED}"


def test_what_was_taken_back_is_told_once() -> None:
    """The limit says it, and its reason is the first line's."""
    told = page(of(moving_route(), behavior="refusal", slice="general"))
    assert told.count(FAILED) == 2, "the first line and the decision"
    assert facts(told)["why not more"] == "taken back"
    other = dataclasses.replace(CODE, taken_back="hedging was lost")
    assert facts(page(of(moving_route(slices=(other,)), behavior="refusal")))["taken back"] == "hedging was lost"


def test_what_the_route_waits_for_is_told_once() -> None:
    """The slice's limit says it again."""
    waits = f"math: refusal {HELD}"
    begun = dataclasses.replace(MATH, limit=f"no step has been made yet: {waits}")
    told = facts(page(of(moving_route(slices=(begun,), waits=waits), behavior="refusal")))
    assert told["why not more"] == "no step has been made yet"
    assert told["rollout"].endswith(f"waits: {waits}")


def test_what_else_fails_is_told_in_full() -> None:
    """Whoever mends one gate would meet it next."""
    both = slice_status("math", (gate(), gate("format", "fail"), gate("answer", needed=1200)))
    shown = page(of(moving_route(slices=(both,)), behavior="refusal"))
    assert f"format fails: {FAILED}" in shown
    assert "others hold, clean conversations that show it needed: 1,200 for answer" in shown


def test_a_direction_without_trials_has_no_rate() -> None:
    """No data is not zero."""
    unseen = tuple(dataclasses.replace(way, trials=0, diverged=0) for way in gate().directions)
    told = page(of(moving_route(slices=(slice_status("math", (gate(directions=unseen),)),)), behavior="refusal"))
    assert facts(told)["lost"] == "no conversation yet in which it could have been seen"


def test_trouble_comes_first() -> None:
    """What follows is then not what is served."""
    told = page(of(moving_route(trouble="its state cannot be read"), behavior="refusal"))
    assert told.startswith("! the rollout: its state cannot be read")


@given(st.text(alphabet=st.characters()))
def test_nothing_acts_on_the_terminal(name: str) -> None:
    """Reasons of waivers are a file's words, names of behaviors an operator's, and decisions anybody's."""
    hostile = gate(f"refusal{name}", reason=name, idle=name, direction=name)
    math = dataclasses.replace(MATH, slice=name, gates=(hostile, gate(name, "fail")), limit=name, taken_back=name)
    decision = dataclasses.replace(moving_route().decisions[0], slice="", who=name, what=name, why=name, before=name)
    route = moving_route(slices=(math,), trouble=name, decisions=(decision,))
    assert is_plain(page(of(route, behavior=f"refusal{name}"), width=120))
