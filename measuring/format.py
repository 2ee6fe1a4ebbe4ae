"""How format is measured: against the JSON Schema suite's verdicts, and against an official checker of instructions.

ifeval_format has, for five models' replies, the official checker's verdict on each instruction. Three questions are
asked of it: does our check agree when it is given the instruction; does what we read off the prompt name the
instructions; does the label of the whole reply, from the prompt alone, agree with "all instructions followed". JSON
in a response_format is measured on the schema suite's instances, as they stand and damaged in ways that models damage
them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from measuring.data import Reply
from measuring.judging import NONE, Verdict, verdict
from measuring.scores import Result, Subject, scored
from proxy.wire.schemas import check_schema
from routing.behaviors.case import Case
from routing.behaviors.format import detection as form
from routing.behaviors.format.asked import read
from routing.behaviors.format.demand import Bounds, Demand, Form
from routing.behaviors.format.kept import kept
from routing.behaviors.label import Label, Presence
from routing.observation import Arm, Observation
from routing.traits import Endpoint, FormatKind, Json, Traits, Turn

IFEVAL, SUITE = "ifeval_format", "jsonschema_suite"
FORMAT = "format"
Fields = dict[str, str | int | list[str]]


@dataclass(frozen=True, slots=True)
class Judged:
    """One reply with the official verdicts: for each instruction its name, its demand, and whether it was followed."""

    prompt: str
    reply: str
    model: str
    instructions: tuple[tuple[str, Demand, bool], ...]

    @property
    def followed(self) -> bool:
        """Whether all were."""
        return all(followed for _, _, followed in self.instructions)


def results(data: Path) -> list[Result]:
    """JSON, schemas, each kind of instruction, what is read off prompts, and the label end to end."""
    judged = list(_judged(data))
    return [*_schemas(data), *_json(data), *_checks(judged), *_reading(judged), *_end_to_end(judged)]


def _relation(relation: str, count: int) -> Bounds:
    return Bounds(count) if relation == "at least" else Bounds(0, count - 1)


def _plain(wanted: Form, *texts: str) -> Callable[[Fields], Demand]:
    return lambda _: Demand(wanted, texts=texts)


def _named(wanted: Form, key: str) -> Callable[[Fields], Demand]:
    return lambda fields: Demand(wanted, texts=tuple(_texts(fields[key])))


def _numbered(wanted: Form, key: str, *texts: str, exact: bool = False) -> Callable[[Fields], Demand]:
    def demand(fields: Fields) -> Demand:
        count = _number(fields[key])
        return Demand(wanted, Bounds(count, count if exact else None), texts)

    return demand


def _related(wanted: Form, key: str, relation: str = "relation", word: str = "") -> Callable[[Fields], Demand]:
    def demand(fields: Fields) -> Demand:
        bounds = _relation(str(fields[relation]), _number(fields[key]))
        return Demand(wanted, bounds, tuple(_texts(fields[word])) if word else ())

    return demand


def _sections(fields: Fields) -> Demand:
    return Demand(Form.SECTIONS, Bounds(_number(fields["num_sections"])), (str(fields["section_spliter"]),))


def _texts(value: str | int | list[str]) -> list[str]:
    return value if isinstance(value, list) else [str(value)]


def _number(value: str | int | list[str]) -> int:
    assert isinstance(value, int), f"{value!r} is no number: the set's kwargs have changed"  # noqa: S101
    return value


_INSTRUCTIONS: dict[str, Callable[[Fields], Demand]] = {
    "change_case:capital_word_frequency": _related(Form.CAPITALS, "capital_frequency", "capital_relation"),
    "change_case:english_capital": _plain(Form.UPPER),
    "change_case:english_lowercase": _plain(Form.LOWER),
    "combination:repeat_prompt": _named(Form.REPEAT, "prompt_to_repeat"),
    "combination:two_responses": lambda _: Demand(Form.PARTED, Bounds(2, 2), ("******",)),
    "detectable_content:number_placeholders": _numbered(Form.PLACEHOLDERS, "num_placeholders"),
    "detectable_content:postscript": _named(Form.POSTSCRIPT, "postscript_marker"),
    "detectable_format:constrained_response": _plain(
        Form.CHOICE, "My answer is yes.", "My answer is no.", "My answer is maybe."
    ),
    "detectable_format:json_format": _plain(Form.JSON),
    "detectable_format:multiple_sections": _sections,
    "detectable_format:number_bullet_lists": _numbered(Form.BULLETS, "num_bullets", exact=True),
    "detectable_format:number_highlighted_sections": _numbered(Form.HIGHLIGHTS, "num_highlights"),
    "detectable_format:title": _plain(Form.TITLE),
    "keywords:existence": _named(Form.KEYWORDS, "keywords"),
    "keywords:forbidden_words": _named(Form.FORBIDDEN, "forbidden_words"),
    "keywords:frequency": _related(Form.FREQUENCY, "frequency", word="keyword"),
    "keywords:letter_frequency": _related(Form.LETTERS, "let_frequency", "let_relation", "letter"),
    "language:response_language": _named(Form.LANGUAGE, "language"),
    "length_constraints:number_paragraphs": _numbered(Form.PARAGRAPHS, "num_paragraphs", "***", exact=True),
    "length_constraints:number_sentences": _related(Form.SENTENCES, "num_sentences"),
    "length_constraints:number_words": _related(Form.WORDS, "num_words"),
    "punctuation:no_comma": _plain(Form.WITHOUT, ","),
    "startend:end_checker": _named(Form.END, "end_phrase"),
    "startend:quotation": _plain(Form.QUOTED),
}


def _judged(data: Path) -> Iterator[Judged]:
    path = data / IFEVAL / "dev.jsonl"
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        row = json.loads(line)
        said = zip(row["instruction_ids"], row["kwargs"], row["label"], strict=True)
        known = [(name, fields, followed) for name, fields, followed in said if name in _INSTRUCTIONS]
        instructions = tuple((name, _INSTRUCTIONS[name](fields), followed) for name, fields, followed in known)
        yield Judged(row["prompt"], row["response"], row["model"], instructions)


def _checks(judged: list[Judged]) -> Iterator[Result]:
    """Our check, given the instruction: a broken instruction is what is to be found."""
    rows = [(name, kept(one.reply, demand).kept, ok) for one in judged for name, demand, ok in one.instructions]
    for name in sorted({name for name, _, _ in rows}):
        mine = [(found, ok) for other, found, ok in rows if other == name]
        yield _agreement(Subject(FORMAT, IFEVAL, f"{name} followed", note="check given the instruction"), mine)
    if rows:
        every = [(found, ok) for _, found, ok in rows]
        yield _agreement(Subject(FORMAT, IFEVAL, "any instruction followed", note="check given the instruction"), every)


def _agreement(subject: Subject, pairs: list[tuple[bool, bool]]) -> Result:
    same = sum(found == ok for found, ok in pairs) / len(pairs)
    shown = Subject(subject.behavior, subject.source, subject.label, subject.split, f"{subject.note}; same {same:.3f}")
    return scored(shown, [ok for _, ok in pairs], [found for found, _ in pairs])


def _reading(judged: list[Judged]) -> Iterator[Result]:
    """What is read off each prompt against what its instructions are, by form: bounds and words are not compared."""
    truth, found = [], []
    for one in {one.prompt: one for one in judged}.values():
        wanted = {demand.form for _, demand, _ in one.instructions}
        seen = {demand.form for demand in read(one.prompt)}
        both = sorted(wanted | seen)
        truth += [name in wanted for name in both]
        found += [name in seen for name in both]
    if truth:
        yield scored(Subject(FORMAT, IFEVAL, "form read off the prompt", note="the readers saw these"), truth, found)


def _end_to_end(judged: list[Judged]) -> Iterator[Result]:
    rows = [(one.model, _said(one), one.followed) for one in judged]
    for model in sorted({model for model, _, _ in rows}):
        mine = [(found, ok) for other, found, ok in rows if other == model and found is not None]
        yield _agreement(Subject(FORMAT, IFEVAL, "all followed", f"model {model}", "from the prompt alone"), mine)
    if rows:
        every = [(found, ok) for _, found, ok in rows if found is not None]
        silent = f"from the prompt alone; {sum(found is None for _, found, _ in rows)} replies not applicable"
        yield _agreement(Subject(FORMAT, IFEVAL, "all followed", "", silent), every)


def verdicts(data: Path) -> Iterator[Verdict]:
    """Of the replies whose prompts' forms were read: whether they follow all instructions."""
    for one in _judged(data):
        label = _label(one)
        if label.presence is not Presence.NOT_APPLICABLE:
            truth = FORMAT if one.followed else NONE
            reply = Reply(one.reply, one.prompt, "", one.model)
            yield verdict(f"{IFEVAL}, model {one.model}", reply, truth, label)


def _label(one: Judged) -> Label:
    seen = Observation(Arm.STUDENT, text=one.reply)
    return form.detect(Case(Traits(Endpoint.CHAT, (Turn("user", one.prompt),)), seen, seen, check_schema))


def _said(one: Judged) -> bool | None:
    presence = _label(one).presence
    return None if presence is Presence.NOT_APPLICABLE else presence is Presence.PRESENT


def _schemas(data: Path) -> Iterator[Result]:
    rows = [(row["schema"], row["response"], row["label"] == "valid") for row in _suite(data)]
    if rows:
        found = [_fits(str(text), FormatKind.JSON_SCHEMA, schema) for schema, text, _ in rows]
        yield scored(Subject(FORMAT, SUITE, "fits the schema"), [valid for _, _, valid in rows], found)


_DAMAGE: tuple[tuple[str, Callable[[str], str], bool], ...] = (
    ("as it stands", lambda text: text, True),
    ("with white space", lambda text: f"\n  {text}\n", True),
    ("in a fence", lambda text: f"```json\n{text}\n```", False),
    ("in prose", lambda text: f"Here is the JSON you asked for:\n{text}", False),
    ("cut off", lambda text: text[:-1], False),
    ("with a trailing comma", lambda text: f"{text[:-1]},{text[-1]}", False),
)


def _json(data: Path) -> Iterator[Result]:
    objects = [json.dumps({"value": json.loads(str(row["response"]))}) for row in _suite(data)]
    rows = [(_fits(damage(text), FormatKind.JSON_OBJECT), whole) for text in objects for _, damage, whole in _DAMAGE]
    if rows:
        note = ", ".join(name for name, _, _ in _DAMAGE)
        subject = Subject(FORMAT, f"{SUITE}, damaged", "JSON as it stands", note=note)
        yield scored(subject, [whole for _, whole in rows], [found for found, _ in rows])


def _suite(data: Path) -> Iterator[dict[str, Json]]:
    path = data / SUITE / "dev.jsonl"
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        yield json.loads(line)


def _fits(text: str, kind: FormatKind, schema: Json = None) -> bool:
    seen = Observation(Arm.STUDENT, text=text)
    label = form.detect(Case(Traits(Endpoint.CHAT, format=kind, schema=schema), seen, seen, check_schema))
    return label.presence is Presence.PRESENT
