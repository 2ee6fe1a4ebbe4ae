"""The page of one pair."""

from __future__ import annotations

import dataclasses
import io

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from proxy.cli.side_by_side import show_pair
from proxy.cli.terminal import is_plain
from proxy.store.pair import Pair
from routing.behaviors.label import Label, Presence
from routing.divergence import Direction, Trial
from routing.observation import Arm
from tests.proxy.store.samples import LOST, noisy, pair, reply


def page(shown: Pair, width: int = 120) -> str:
    """The page as text."""
    file = io.StringIO()
    show_pair(Console(file=file, width=width, markup=False, highlight=False, emoji=False), shown)
    return file.getvalue()


def test_both_replies_stand_side_by_side() -> None:
    """One look shows the difference."""
    teacher, student = (reply(f"the {arm}'s words", labels=()) for arm in ("teacher", "student"))
    shown = page(pair(teacher=teacher, student=student))
    assert any("the teacher's words" in line and "the student's words" in line for line in shown.splitlines())


def test_what_fired_is_named_with_its_words() -> None:
    """A person can check the detector."""
    shown = page(pair())
    assert "present by cannot help: 'cannot help'" in shown
    assert "lost (severity 0.75)" in shown


def test_the_words_that_fired_are_marked_where_they_stand() -> None:
    """Whoever doubts a label looks at the sentence around it."""
    shown = page(pair())
    assert "I ⟦1:cannot help:1⟧ with that." in shown
    assert "marked: ⟦1: refusal :1⟧" in shown
    assert "marked" not in page(pair(teacher=reply(labels=()), student=reply(labels=())))


def test_what_shows_that_a_behavior_is_missing_is_marked() -> None:
    """Why is this no JSON? Nobody should have to search a long reply for one comma."""
    broken = Label("format", Presence.ABSENT, 0.5, "trailing_comma", (7, 9))
    shown = page(pair(teacher=reply('{"a": 1}', labels=()), student=reply('{"a": 1,}', labels=(broken,))))
    assert '{"a": 1⟦1:,}:1⟧' in shown
    assert "absent by trailing_comma: ',}'" in shown


def test_a_behavior_of_several_kinds_says_which() -> None:
    """A partial refusal is another loss than a full one."""
    partial = Label("refusal", Presence.PRESENT, 0.5, "late", None, "partial")
    assert "present (partial) by late" in page(pair(teacher=reply(labels=(partial,))))


def test_why_a_behavior_does_not_apply_is_said() -> None:
    """A language that no detector knows is something else than a request that asks for no tool."""
    assert "- (language)" in page(
        pair(teacher=reply(labels=(Label("hedging", Presence.NOT_APPLICABLE, 0, "language"),)))
    )


def test_the_teacher_against_itself_has_its_own_findings() -> None:
    """A student that lost what the teacher itself loses every second time lost little."""
    twice = noisy()
    lost = dataclasses.replace(
        twice, noise=reply("Sure.", labels=(Label("refusal", Presence.ABSENT),)), noise_trials=LOST
    )
    line = next(line for line in page(lost, 200).splitlines() if line.startswith("refusal"))
    assert line.split("lost (severity 0.75)")[1].split()[0] == "absent"
    assert line.count("lost (severity 0.75)") == 2
    assert "teacher alone" not in page(pair())


def test_agreement_absence_and_no_trial_are_told_apart() -> None:
    """No trial says nothing about the student."""
    labels = tuple(Label(name, Presence.ABSENT) for name in ("answer", "format"))
    shown = page(
        pair(
            teacher=reply(labels=(*labels, Label("tool_call", Presence.NOT_APPLICABLE))),
            student=reply(labels=labels),
            trials=(Trial("answer", Direction.LOST, diverged=False),),
        )
    )
    found = {line.split()[0]: line for line in shown.splitlines() if line.split()[:1]}
    assert found["answer"].rstrip().endswith("agree")
    assert found["format"].rstrip().endswith("no trial")
    assert found["tool_call"].split()[1:] == ["-", "-", "no", "trial"]


def test_a_failure_is_shown_instead_of_its_status() -> None:
    """Why an arm said nothing is what one wants to know."""
    silent = dataclasses.replace(reply("", b""), status=0, failure="connect", finish_reason="")
    shown = page(pair(student=silent))
    assert "connect; first token" in shown
    assert "nothing was compared: the student gave no whole reply (connect)" in shown
    assert "(nothing)" in shown


def test_tool_calls_are_readable() -> None:
    """In a stream's raw bytes they are in pieces."""
    pieces = (
        b'data: {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"role": "assistant", '
        b'"tool_calls": [{"index": 0, "id": "1", "function": {"name": "get_order", "arguments": "{\\"id\\":"}}]}}]}\n\n'
        b'data: {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"tool_calls": [{"index": 0, '
        b'"function": {"arguments": " 7}"}}]}, "finish_reason": "tool_calls"}]}\n\ndata: [DONE]\n\n'
    )
    student = dataclasses.replace(reply("", pieces), content_type="text/event-stream")
    assert 'calls get_order({"id": 7})' in page(pair(student=student))


def test_the_teachers_second_reply_is_shown() -> None:
    """How far the teacher is from itself is the measure of the rest."""
    assert "teacher, asked again" in page(noisy())


def test_a_withheld_request_is_said_to_be() -> None:
    """It was not empty."""
    assert "(not kept)" in page(pair(request=b""))


def test_long_replies_are_cut_and_say_so() -> None:
    """A page is for reading."""
    shown = page(pair(student=reply("x" * 10_000)))
    assert "4000 more characters" in " ".join(shown.split())


@given(st.text(alphabet=st.characters()), st.binary(), st.tuples(st.integers(), st.integers()))
def test_nothing_that_an_arm_wrote_acts_on_the_terminal(text: str, body: bytes, span: tuple[int, int]) -> None:
    """Neither escapes nor rich's markup, wherever they stand."""
    label = Label(text, Presence.PRESENT, 1.0, text, span)
    bad = dataclasses.replace(reply(text, body, labels=(label,)), failure=text, finish_reason=text)
    trials = (Trial(text, Direction.LOST, diverged=True),)
    shown = page(pair(request=body, teacher=bad, student=bad, trials=trials, route=text, conversation=text))
    assert is_plain(shown)


def test_an_audited_pair_says_what_the_caller_got() -> None:
    """The student's reply was no rehearsal there."""
    assert "served by the student" in page(pair(served="student"))
    assert "served" not in page(pair())


def test_a_pair_that_fell_back_says_in_whose_place_the_teacher_served_and_why() -> None:
    """The student's reply beside it is one that no caller got, unless there was no teacher's."""
    replaced, unwanted = (page(pair(fallback="unsure", served=arm)) for arm in Arm)
    assert "served by the teacher in the student's place (unsure)" in " ".join(replaced.split())
    assert "served by the student for want of the teacher (unsure)" in " ".join(unwanted.split())
