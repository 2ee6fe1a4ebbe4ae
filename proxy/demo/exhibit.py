"""One pair as people read it: the conversation as it was asked, and both replies beside each other.

``practicum pair`` shows the same pair with all its particulars; here only what was said counts.
"""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from proxy.cli.terminal import plain
from proxy.demo.railway.example import Example, Message
from proxy.examiner.documents import observed
from proxy.store.pair import Pair, Reply
from routing.observation import Arm, ToolCall

_INDENT = (0, 0, 0, 2)


def show_exhibit(console: Console, example: Example, pair: Pair) -> None:
    """Print it."""
    asked = Table.grid(padding=(0, 2, 0, 0))
    for message in example.messages:
        asked.add_row(Text(message.role, "dim"), Text(_said(message)))
    replies = Table(box=None, expand=True, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for arm in (Arm.TEACHER, Arm.STUDENT):
        replies.add_column(arm.value, ratio=1, overflow="fold")
    teacher, student = (Arm.TEACHER, pair.teacher), (Arm.STUDENT, pair.student)
    replies.add_row(*(Text(spoken(pair.endpoint, *side)) for side in (teacher, student)))
    console.print(Padding(asked, _INDENT))
    console.print()
    console.print(Padding(replies, _INDENT))


def spoken(endpoint: str, arm: Arm, reply: Reply) -> str:
    """What an arm said and called."""
    seen = observed(endpoint, arm, reply)
    return "\n".join(_lines(reply.text, seen.tool_calls if seen else ())) or "(nothing)"


def _said(message: Message) -> str:
    return "\n".join(_lines(message.content, message.calls))


def _lines(text: str, calls: tuple[ToolCall, ...]) -> Iterator[str]:
    if text:
        yield plain(text)
    for call in calls:
        yield plain(f"calls {call.name}({call.arguments})")
