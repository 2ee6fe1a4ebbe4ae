"""A pair as a page: both replies beside each other, and what was found in them.

Everything an arm or a client wrote is made harmless first and never read as markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from proxy.cli.terminal import cells, headed_table, moment, one_line, plain, span
from proxy.examiner.documents import observed
from proxy.store.pair import Pair, Reply
from routing.behaviors.label import Label, Presence
from routing.divergence import Trial
from routing.observation import Arm, ToolCall

_LONGEST = 6000  # characters of one reply or request on the page
_QUOTED = 60


def show_pair(console: Console, pair: Pair) -> None:
    """Print the page, all but the command to reproduce it."""
    console.print(Text(f"pair {plain(pair.id)}", "bold"))
    console.print(Text("   ".join(_facts(pair))))
    console.print()
    console.print(Text("request", "bold"))
    console.print(_body(pair.request.decode("utf-8", "replace")) if pair.request else Text("(not kept)", "dim"))
    console.print()
    console.print(_replies(pair))
    console.print()
    console.print(_findings(pair))


def _facts(pair: Pair) -> Iterator[str]:
    yield from map(plain, (pair.route, pair.endpoint, pair.slice))
    yield moment(pair.started)
    yield f"kept: {plain(pair.privacy)}"
    if pair.conversation:
        yield f"conversation {plain(pair.conversation)}"


def _replies(pair: Pair) -> Table:
    arms = [(Arm.TEACHER, "teacher", pair.teacher), (Arm.STUDENT, "student", pair.student)]
    if pair.noise is not None:
        arms.append((Arm.TEACHER, "teacher, asked again", pair.noise))
    table = Table(box=None, expand=True, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for _, title, _ in arms:
        table.add_column(title, ratio=1, overflow="fold")
    table.add_row(*(Text(_outcome(reply), "dim") for _, _, reply in arms))
    table.add_row(*(_spoken(pair.endpoint, arm, reply) for arm, _, reply in arms))
    return table


def _outcome(reply: Reply) -> str:
    parts = [plain(reply.failure) or str(reply.status)]
    if reply.finish_reason:
        parts.append(plain(reply.finish_reason))
    parts.append(f"first token {span(reply.first_token)}, in all {span(reply.total)}")
    if reply.completion_tokens is not None:
        parts.append(f"{reply.completion_tokens} tokens")
    return "; ".join(parts)


def _spoken(endpoint: str, arm: Arm, reply: Reply) -> Text:
    """What the arm said and called; where neither can be read, its body as it came."""
    found = observed(endpoint, arm, reply)
    text = reply.text or (found.text or found.refusal if found else "")
    parts = [_body(text)] if text else []
    parts += [_call(call) for call in (found.tool_calls if found else ())]
    if not parts:
        parts.append(_body(reply.body.decode("utf-8", "replace")) if reply.body else Text("(nothing)", "dim"))
    return Text("\n").join(parts)


def _call(call: ToolCall) -> Text:
    return Text(f"calls {one_line(call.name, _QUOTED)}({_cut(plain(call.arguments))})", "cyan")


def _body(text: str) -> Text:
    return Text(_cut(plain(text)))


def _cut(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    return f"{text[:_LONGEST]}… ({len(text) - _LONGEST} more characters; --json has them)"


def _findings(pair: Pair) -> Table:
    table = headed_table("behavior", "~teacher", "~student", "~found")
    teacher, student = _by_behavior(pair.teacher.labels), _by_behavior(pair.student.labels)
    trials = {trial.behavior for trial in pair.trials}
    for behavior in dict.fromkeys([*teacher, *student, *sorted(trials)]):
        shown = [_label(label, reply) for label, reply in _labels(behavior, teacher, student, pair)]
        table.add_row(*cells(behavior), *shown, _verdict([t for t in pair.trials if t.behavior == behavior]))
    return table


def _by_behavior(labels: Iterable[Label]) -> dict[str, Label]:
    return {label.behavior: label for label in labels}


def _labels(
    behavior: str, teacher: dict[str, Label], student: dict[str, Label], pair: Pair
) -> Iterator[tuple[Label | None, Reply]]:
    yield teacher.get(behavior), pair.teacher
    yield student.get(behavior), pair.student


def _label(label: Label | None, reply: Reply) -> Text:
    """A finding with the rule that made it and the words that fired it."""
    if label is None or label.presence is Presence.NOT_APPLICABLE:
        return Text("-", "dim")
    text = Text(label.presence.value)
    if label.rule:
        text.append(f" by {one_line(label.rule, _QUOTED)}")
    if label.span is not None:
        start, end = label.span
        text.append(f": {one_line(reply.text[start:end], _QUOTED)!r}", "dim")
    return text


def _verdict(trials: Sequence[Trial]) -> Text:
    diverged = [trial for trial in trials if trial.diverged]
    if diverged:
        return Text(", ".join(f"{t.direction.value} (severity {t.severity:.2f})" for t in diverged), "bold red")
    return Text("agree", "green") if trials else Text("no trial", "dim")
