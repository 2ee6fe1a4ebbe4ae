"""Every command that the pages show can be typed: verbs, options, values, make's targets, the admin port's paths."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import pytest
import yaml

from proxy.cli.arguments import verb_parser
from proxy.config.parse import parse
from routing.behaviors.table import TABLE
from routing.traits import Slice
from tests.docs.snippets import PAGES, ROOT, Snippet, blocks, commands, spans

NOTES = ROOT / "deploy/helm/practicum/templates/NOTES.txt"  # what Helm says after an installation
PROCESSES = {"worker", "examiner"}  # names in the process table, and no verbs
FILLED = {"PERCENT": "10", "N": "3", "T": "2h"}  # placeholders whose value is read as more than a name
PLACES = {"BEHAVIOR", "B", "SLICE", "S"}


def shown() -> Iterator[Snippet]:
    """Every whole command: in a block, or in a sentence with more than its verb."""
    for page in PAGES:
        yield from commands(page, "practicum")
        said = (span for span in spans(page) if re.match(r"practicum [a-z-]+ \S", span.text))
        yield from (span for span in said if span.text.split()[1] not in PROCESSES)
    for line in re.findall(r"practicum [a-z].*", NOTES.read_text()):
        if not line.startswith("practicum.") and "{{" not in line:
            yield Snippet(NOTES, 0, "", line)


SHOWN = [pytest.param(each, id=f"{each} {each.text[:40]}") for each in shown()]


def words(command: str) -> list[str]:
    """A command's words after its program: no comment, nothing behind a pipe, placeholders filled in."""
    said = shlex.split(command, comments=True)
    own = said[1 : said.index("|")] if "|" in said else said[1:]
    return [FILLED.get(word, word) for word in own]


@pytest.mark.parametrize("command", SHOWN)
def test_a_command_can_be_typed(command: Snippet, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever copies it gets what the page promises, and not a usage message."""
    try:
        parsed = vars(verb_parser({}).parse_args(words(command.text)))
    except SystemExit:
        pytest.fail(f"{command}: {command.text}\n{capsys.readouterr().err}")
    behavior, slice_ = parsed.get("behavior"), parsed.get("slice")
    assert behavior is None or behavior in PLACES | known_behaviors(), behavior
    assert slice_ is None or slice_ in PLACES | set(Slice), slice_


def known_behaviors() -> set[str]:
    """The built-in behaviors, and those of the example's own."""
    own = parse((ROOT / "practicum.example.yaml").read_bytes(), "the example").config.routes["support-bot"].behaviors
    return {row.behavior for row in TABLE} | {behavior.name for behavior in own}


def test_many_commands_were_found() -> None:
    """Or the reader of the pages is broken, and the test above says nothing."""
    pages = {command.page.name for command in shown()}
    assert {"README.md", "cli.md", "rollout.md", "deployment.md", "behavior-lost.md", "NOTES.txt"} <= pages
    assert len(SHOWN) > 60


def test_verbs_that_sentences_name_exist() -> None:
    """A verb that was renamed lives on in prose for years."""
    known = set(re.findall(r"[a-z-]+", verb_parser({}).format_help())) | PROCESSES
    named = [
        (span, verb[1])
        for page in PAGES
        for span in spans(page)
        if (verb := re.match(r"practicum ([a-z-]+)", span.text))
    ]
    assert len(named) > 60
    assert [f"{span}: {verb}" for span, verb in named if verb not in known] == []


def test_makes_targets_exist() -> None:
    """In the pages, and in what the repository's files say to whoever reads them."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = [
        (snippet, target)
        for page in PAGES
        for snippet in (*commands(page, "make"), *spans(page))
        for target in re.findall(r"^make ([a-z-]+)", snippet.text)
    ]
    assert len(named) > 10
    assert [f"{snippet}: make {target}" for snippet, target in named if target not in targets] == []


def test_objects_that_kubectl_is_told_of_exist() -> None:
    """Under the names that the base and its components give them."""
    files = [
        *(ROOT / "deploy/kubernetes").glob("base/*.yaml"),
        *(ROOT / "deploy/kubernetes").glob("components/*/*.yaml"),
    ]
    objects = [each for file in files for each in yaml.safe_load_all(file.read_text()) if each and "kind" in each]
    known = {
        f"{each['kind'].lower()}/{each['metadata']['name']}" for each in objects if "name" in each.get("metadata", {})
    }
    named = [
        (snippet, name)
        for page in PAGES
        for snippet in (*commands(page, "kubectl"), *spans(page))
        for name in re.findall(r"^kubectl .*?((?:deployment|service)/[\w-]+)", snippet.text)
    ]
    assert len(named) > 2
    assert [f"{snippet}: {name}" for snippet, name in named if name not in known] == []


def test_paths_of_the_admin_port_exist() -> None:
    """What curl is told to ask; docs/api.md's table is held to the application by a test of its own."""
    table = re.findall(r"^\| `(?:GET|POST) (/[^`]*)`", (ROOT / "docs/api.md").read_text(), re.MULTILINE)
    known = [re.compile(re.sub(r"\{\w+\}", r"[^/]+", path)) for path in (*table, "/")]
    asked = [
        (snippet, path)
        for page in PAGES
        for snippet in (*blocks(page), *spans(page))
        for path in re.findall(r"https?://[\w.]+:9090(/[\w/.-]*)", snippet.text)
    ]
    assert len(asked) > 3
    assert [f"{snippet}: {path}" for snippet, path in asked if not any(each.fullmatch(path) for each in known)] == []
