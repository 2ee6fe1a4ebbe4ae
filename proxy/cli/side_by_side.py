"""A pair as a page: both replies beside each other with the words that fired marked, and what was found in them.

Everything an arm or a client wrote is made harmless first and never read as markup.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from proxy.cli.marks import Marks
from proxy.cli.slice_line import slice_line
from proxy.cli.terminal import cells, headed_table, moment, one_line, plain, span
from proxy.examiner.documents import observed
from proxy.examiner.replay import standing
from proxy.store.pair import Pair, Reply
from routing.behaviors.label import Label, Presence
from routing.divergence import Trial
from routing.observation import Arm, ToolCall

_LONGEST = 6000  # characters of one reply or request on the page
_QUOTED = 60
_AGAIN = "teacher, asked again"


def show_pair(console: Console, pair: Pair) -> None:
    """Print the page, all but the command to reproduce it."""
    marks = Marks.of((label for _, _, reply in _arms(pair) for label in reply.labels), console)
    console.print(Text(f"pair {plain(pair.id)}", "bold"))
    console.print(Text("   ".join(_facts(pair))))
    if slices := slice_line(pair):
        console.print(Text(slices))
    console.print()
    console.print(Text("request", "bold"))
    console.print(_body(pair.request.decode("utf-8", "replace")) if pair.request else Text("(not kept)", "dim"))
    console.print()
    console.print(_replies(pair, marks))
    if marks.numbers:
        console.print()
        console.print(marks.legend())
    console.print()
    failed = [(title, reply.failure) for _, title, reply in _arms(pair)[:2] if reply.failure]
    if failed:
        console.print(Text(f"nothing was compared: {_failures(failed)}"))
    else:
        console.print(_findings(pair))


def _failures(failed: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"the {title} gave no whole reply ({plain(failure)})" for title, failure in failed)


def _facts(pair: Pair) -> Iterator[str]:
    yield from map(plain, (pair.route, pair.endpoint, pair.slice))
    yield moment(pair.started)
    yield f"kept: {plain(pair.privacy)}"
    if pair.served == Arm.STUDENT:
        unwanted = f" for want of the teacher ({plain(pair.fallback)})" if pair.fallback else ""
        yield f"served by the student{unwanted}; the teacher was asked to audit it"
    elif pair.fallback:
        yield f"served by the teacher in the student's place ({plain(pair.fallback)})"
    if pair.conversation:
        yield f"conversation {plain(pair.conversation)}"


def _arms(pair: Pair) -> list[tuple[Arm, str, Reply]]:
    arms = [(Arm.TEACHER, "teacher", pair.teacher), (Arm.STUDENT, "student", pair.student)]
    return arms if pair.noise is None else [*arms, (Arm.TEACHER, _AGAIN, pair.noise)]


def _replies(pair: Pair, marks: Marks) -> Table:
    arms = _arms(pair)
    table = Table(box=None, expand=True, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for _, title, _ in arms:
        table.add_column(title, ratio=1, overflow="fold")
    table.add_row(*(Text(_outcome(reply), "dim") for _, _, reply in arms))
    table.add_row(*(_spoken(pair.endpoint, arm, reply, marks) for arm, _, reply in arms))
    return table


def _outcome(reply: Reply) -> str:
    parts = [plain(reply.failure) or str(reply.status)]
    if reply.finish_reason:
        parts.append(plain(reply.finish_reason))
    parts.append(f"first token {span(reply.first_token)}, in all {span(reply.total)}")
    if reply.completion_tokens is not None:
        parts.append(f"{reply.completion_tokens} tokens")
    return "; ".join(parts)


def _spoken(endpoint: str, arm: Arm, reply: Reply, marks: Marks) -> Text:
    """What the arm said, marked, and called; where neither can be read, its body as it came."""
    found = observed(endpoint, arm, reply)
    parts = [marks.marked(reply.text, reply.labels, _LONGEST)] if reply.text else []
    if found and not parts and (found.text or found.refusal):
        parts.append(_body(found.text or found.refusal))
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
    """What each detector found; where the teacher was asked twice, also how far it is from itself."""
    again = ["~" + _AGAIN, "~teacher alone"] if pair.noise else []
    table = headed_table("behavior", "~teacher", "~student", "~found", *again)
    labels = [{label.behavior: label for label in reply.labels} for _, _, reply in _arms(pair)]
    trials = {trial.behavior for trial in (*pair.trials, *pair.noise_trials)}
    for behavior in dict.fromkeys([*(name for of_reply in labels for name in of_reply), *sorted(trials)]):
        shown = [_label(of_reply.get(behavior), r) for of_reply, (_, _, r) in zip(labels, _arms(pair), strict=True)]
        shown.insert(2, _verdict([t for t in pair.trials if t.behavior == behavior]))
        if pair.noise:
            shown.append(_verdict([t for t in pair.noise_trials if t.behavior == behavior]))
        table.add_row(*cells(behavior), *shown)
    return table


def _label(label: Label | None, reply: Reply) -> Text:
    """A finding with the rule that made it and the words that fired it."""
    if label is None or label.presence is Presence.NOT_APPLICABLE:
        return Text(f"- ({one_line(label.rule, _QUOTED)})" if label and label.rule else "-", "dim")
    text = Text(plain(standing(label)))
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
