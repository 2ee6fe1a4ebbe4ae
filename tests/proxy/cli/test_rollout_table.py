"""How a rollout stands, in ``practicum status``: complete where it matters, and silent where there is none."""

from __future__ import annotations

import dataclasses
import io

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from proxy.cli.rollout_table import show_rollout
from proxy.cli.status import show_route
from proxy.cli.terminal import is_plain
from proxy.examiner.status import RouteStatus, Weights
from tests.proxy.desk import route_status
from tests.proxy.rollouts import CODE, FAILED, GENERAL, HELD, MATH, PASSED, gate, moving_route


def screen(route: RouteStatus, *, whole: bool = False) -> str:
    """The rollout as text; ``whole``: with the route around it."""
    file = io.StringIO()
    console = Console(file=file, width=160, markup=False, highlight=False)
    if whole:
        show_route(console, route)
    else:
        show_rollout(console, route)
    return file.getvalue()


def rows(text: str) -> dict[str, list[str]]:
    """Lines of the table by their first word."""
    return {words[0]: words for line in text.splitlines() if (words := line.split())}


def test_a_slice_is_a_line_with_its_weight_its_limit_and_its_verdict() -> None:
    """The worst first; the reason is not in the table, so that a line stays a line."""
    found = rows(screen(moving_route()))
    assert found["code"] == ["code", "5", "%", "the", "step", "310", "pass", "refusal"]
    table = screen(moving_route()).splitlines()[1:5]
    assert [line.split()[0] for line in table] == ["slice", "general", "math", "code"]
    assert table[1].split() == ["general", "0", "%", "taken", "back", "310", "fail", "refusal"]


def test_only_slices_in_trouble_say_why() -> None:
    """With what else is in their way, and a command that says more."""
    shown = screen(moving_route())
    assert f"  general fails: refusal {FAILED}\n" in shown
    assert f"  math holds: refusal {HELD}\n    clean conversations that show it needed: " in shown
    assert "code passes" not in shown
    assert "explain support refusal --slice general\n" in shown
    assert "explain" not in screen(moving_route(slices=(CODE,)))


def test_the_last_decisions_are_told() -> None:
    """Whoever comes in the morning sees what the night decided."""
    assert "2026-11-18 11:16:40Z  general: taken back 5 -> 0 by controller: refusal lost" in screen(moving_route())


def test_the_step_and_what_it_waits_for_are_in_the_first_line() -> None:
    """And the weight of the route points to its slices."""
    shown = screen(moving_route(), whole=True)
    assert shown.startswith("support: canary, step 2 of 6 (waits: a pause of 1200 s more)\n")
    assert "at most 5 %, by slice as below" in shown
    nothing = moving_route(weights=Weights(100.0, 0.0, 27.0, 0.0))
    assert "0 %: the teacher serves everything" in screen(nothing, whole=True)


def test_a_slice_that_was_taken_back_says_why_though_its_gates_pass() -> None:
    """It is served nothing until somebody orders otherwise."""
    back = dataclasses.replace(CODE, taken_back="a watch rang", limit="taken back: a watch rang")
    assert f"code passes: refusal {PASSED}; taken back: a watch rang" in screen(moving_route(slices=(back,)))


def test_without_steps_nothing_is_added() -> None:
    """A route in shadow mode has verdicts, too; they are what `explain` is for."""
    plain_route, judged = route_status(), dataclasses.replace(route_status(), slices=(MATH, GENERAL), waits="whatever")
    assert screen(judged) == ""
    assert screen(judged, whole=True) == screen(plain_route, whole=True)


def test_a_rollout_whose_steps_were_removed_is_still_told() -> None:
    """What was reached is served on, and somebody should see it."""
    shown = screen(moving_route(steps=0, step=0, waits=""), whole=True)
    assert shown.startswith("support: canary\n")
    assert "the step" in shown


def test_a_rollout_without_slices_yet_is_quiet() -> None:
    """Steps are configured, nothing was compared."""
    shown = screen(moving_route(phase="shadow", step=0, slices=(), decisions=()), whole=True)
    assert "support: shadow, step 0 of 6 (waits" in shown
    assert "limited by" not in shown


def test_trouble_is_said_before_all_else() -> None:
    """The state could not be read, so the teacher serves everything."""
    shown = screen(moving_route(trouble="its state cannot be read"), whole=True)
    assert shown.splitlines()[1] == "! the rollout: its state cannot be read"


def test_a_long_name_is_quoted_for_the_shell() -> None:
    """The command can be pasted whatever the route is called."""
    assert "explain 'a b; c' refusal --slice general" in screen(moving_route(name="a b; c"))


@given(st.text(alphabet=st.characters()))
def test_nothing_acts_on_the_terminal(name: str) -> None:
    """Reasons come from settings, webhooks and operators."""
    hostile = dataclasses.replace(
        MATH, slice=name, limit=name, taken_back=name, reason=f"{name} {name}", verdict="hold", gates=(gate(name),)
    )
    decision = dataclasses.replace(moving_route().decisions[0], who=name, what=name, why=name, before=name, slice=name)
    route = moving_route(name=name, phase=name, waits=name, trouble=name, slices=(hostile,), decisions=(decision,))
    assert is_plain(screen(route, whole=True))
