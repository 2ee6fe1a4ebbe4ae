"""One pair as people read it."""

from __future__ import annotations

import io

from rich.console import Console

from proxy.demo.exhibit import show_exhibit, spoken
from proxy.demo.railway.example import Example, Situation
from proxy.store.pair import Pair
from routing.observation import Arm
from tests.proxy.demo.pairs import asked, railway_pair
from tests.proxy.store.samples import reply


def shown(example: Example, pair: Pair, width: int = 120) -> str:
    """The page, as text."""
    file = io.StringIO()
    show_exhibit(Console(file=file, width=width, markup=False, highlight=False), example, pair)
    return file.getvalue()


def test_the_conversation_and_both_replies_are_on_the_page() -> None:
    """All that was asked, and the replies beside each other."""
    example = asked(Situation.UNKNOWABLE)
    page = shown(example, railway_pair(1, example, "It leaves at 07:35."))
    for part in " ".join(message.content for message in example.messages).split():
        assert part in page
    (line,) = [line for line in page.splitlines() if "I don't know" in line]
    assert "It leaves at 07:35." in line
    (heading,) = [line for line in page.splitlines() if "teacher" in line]
    assert heading.index("student") == line.index("It leaves")


def test_calls_of_tools_are_shown() -> None:
    """Those of the history and those of a reply."""
    example = asked(Situation.TOOL_FAILURE)
    page = " ".join(shown(example, railway_pair(1, example, "I cannot help."), 400).split())
    said = [call for message in (*example.messages, example.reply) for call in message.calls]
    assert len(said) > 1
    for call in said:
        assert f"calls {call.name}(" in page


def test_what_a_model_wrote_cannot_act_on_the_terminal() -> None:
    """Neither an escape sequence nor markup."""
    example = asked(Situation.FARE)
    page = shown(example, railway_pair(1, example, "\x1b[2J[bold]free[/bold]"))
    assert "\x1b" not in page
    assert r"\x1b[2J[bold]free[/bold]" in page


def test_a_reply_without_a_word_is_told_as_such() -> None:
    """An empty column would look like a mistake of the page."""
    assert spoken("chat_completions", Arm.STUDENT, reply("", b"")) == "(nothing)"
