"""What may be typed, what the answer costs, and that the document says the same."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

import pytest

from proxy.cli.arguments import DEFAULT_ADMIN, VERBS, verb_parser
from tests.proxy.cli.command import environment, process

DOCUMENT = Path(__file__).parents[3] / "docs" / "cli.md"


def subparsers() -> dict[str, argparse.ArgumentParser]:
    """The parser of each verb."""
    actions = verb_parser({})._actions
    choices = next(action.choices for action in actions if isinstance(action.choices, dict))
    return dict(choices)


def documented() -> dict[str, str]:
    """The section of each verb in the document; a heading may name several verbs."""
    parts = re.split(r"^## (.+)$", DOCUMENT.read_text(), flags=re.MULTILINE)
    sections = zip(parts[1::2], parts[2::2], strict=True)
    return {verb: text for heading, text in sections for verb in re.findall(r"`practicum ([a-z-]+)", heading)}


def options(parser: argparse.ArgumentParser) -> set[str]:
    """A verb's options by their long names, but for --help."""
    flags = {flag for action in parser._actions for flag in action.option_strings}
    return {flag for flag in flags if flag.startswith("--")} - {"--help"}


def test_every_verb_is_documented_and_every_documented_verb_exists() -> None:
    """A verb nobody can read about does not exist for users, and one that is only written about does not at all."""
    assert documented().keys() == subparsers().keys() == {verb.name for verb in VERBS}


@pytest.mark.parametrize("verb", [verb.name for verb in VERBS])
def test_every_option_is_documented_with_its_verb(verb: str) -> None:
    """As for verbs, in both directions."""
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", documented()[verb])) == options(subparsers()[verb])


def test_help_lists_every_verb() -> None:
    """It is where people begin."""
    ran = process("--help")
    assert ran.code == 0
    assert all(verb.name in ran.out for verb in VERBS)


def imported(statements: str) -> set[str]:
    """The top-level modules that a fresh interpreter has loaded when it ends."""
    told = f"import sys\ntry:\n    {statements}\nfinally:\n    print(*sys.modules, file=sys.stderr)"
    ran = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True, env=environment({}))
    return {name.partition(".")[0] for name in ran.stderr.split()}


def test_help_loads_no_library() -> None:
    """Every start pays for what the parser imports, and some libraries take tenths of a second."""
    loaded = imported("sys.argv[1:] = ['--help']; from proxy.__main__ import main; main()") - imported("pass")
    assert "argparse" in loaded
    assert loaded - sys.stdlib_module_names == {"proxy"}
    assert not loaded & {"asyncio", "ssl", "sqlite3", "logging", "http", "urllib"}


@pytest.mark.parametrize("module", ["status", "explain", "order"])
def test_a_verb_that_only_asks_the_admin_port_loads_no_database_and_no_server(module: str) -> None:
    """Whoever watches a rollout types it again and again; SQLAlchemy alone is a third of a second."""
    loaded = imported(f"import proxy.cli.{module}")
    assert "httpx" in loaded
    assert not loaded & {"sqlalchemy", "alembic", "sqlite3", "uvicorn", "aiohttp", "onnxruntime"}


@pytest.mark.parametrize(
    "argv",
    [
        (),
        ("unknown",),
        ("serve",),
        ("serve", "--config", "x", "--workers", "-1"),
        ("serve", "--config", "x", "--workers", "two"),
        ("pairs", "--direction", "sideways"),
        ("pairs", "--limit", "0"),
        ("pairs", "--lim", "3"),
        ("demo", "--seconds", "0"),
        ("export", "route"),
        ("explain", "route"),
        ("abort",),
        ("pause", "route", "--slice", "math"),
        ("set-weight", "route"),
        ("set-weight", "route", "101"),
    ],
)
def test_misuse_is_exit_code_2(argv: tuple[str, ...]) -> None:
    """Scripts tell a typing error from a refusal; abbreviations would bind us to today's options."""
    with pytest.raises(SystemExit) as ended:
        verb_parser({}).parse_args(argv)
    assert ended.value.code == 2


def test_the_admin_port_comes_from_the_option_then_the_environment_then_the_default() -> None:
    """In this order, and an empty variable counts as none."""
    environ = {"PRACTICUM_ADMIN_URL": "http://b"}
    assert verb_parser(environ).parse_args(["status", "--admin", "http://a"]).admin == "http://a"
    assert verb_parser(environ).parse_args(["status"]).admin == "http://b"
    assert verb_parser({"PRACTICUM_ADMIN_URL": ""}).parse_args(["status"]).admin == DEFAULT_ADMIN
