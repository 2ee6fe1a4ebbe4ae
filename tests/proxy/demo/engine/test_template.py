"""The checkpoint's own template, rendered as elsewhere, and kept in its sandbox."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from proxy.demo.engine.checkpoint import CheckpointError
from proxy.demo.engine.template import ConversationError, Fields, Template

USER: list[Fields] = [{"role": "user", "content": "Hi <b>"}]


def template(folder: Path, source: str | None, **config: object) -> Template:
    """A template of a folder that has nothing else."""
    (folder / "tokenizer_config.json").write_text(json.dumps({"chat_template": source, **config}))
    return Template(folder)


def test_the_tiny_one_renders(folder: Path) -> None:
    """Roles, tools, and who speaks next."""
    tool: Fields = {"type": "function", "function": {"name": "find"}}
    text = Template(folder).render(USER, [tool])
    assert text == f"<|begin|>{json.dumps(tool)}\n<|user|>Hi <b><|end|><|assistant|>"


def test_json_is_written_as_it_is(tmp_path: Path) -> None:
    """Jinja's own filter would escape it for HTML."""
    assert template(tmp_path, "{{ messages[0] | tojson }}").render([{"content": "<é>"}], None) == '{"content": "<é>"}'


def test_blocks_leave_no_lines_and_loops_break(tmp_path: Path) -> None:
    """As transformers sets Jinja up; templates in the wild rely on it."""
    source = "{% for message in messages %}\n  {% if loop.index > 1 %}{% break %}{% endif %}\nA\n{% endfor %}"
    assert template(tmp_path, source).render(USER * 2, None) == "A\n"


def test_a_file_of_its_own_wins(tmp_path: Path) -> None:
    """Where transformers puts it today; marks may have properties."""
    (tmp_path / "chat_template.jinja").write_text("{{ eos_token }}!")
    assert template(tmp_path, "old", eos_token={"content": "<e>", "lstrip": False}).render(USER, None) == "<e>!"


@pytest.mark.parametrize("source", ["{{ ''.__class__.__mro__[1].__subclasses__() }}", "{{ messages.append(1) }}"])
def test_the_sandbox_holds(tmp_path: Path, source: str) -> None:
    """A checkpoint is data somebody downloaded."""
    with pytest.raises(ConversationError):
        template(tmp_path, source).render(list(USER), None)


def test_what_a_template_refuses_is_the_clients_fault(folder: Path) -> None:
    """In the template's own words."""
    with pytest.raises(ConversationError, match="no such talk"):
        Template(folder).render([{"role": "user", "content": "refuse"}], None)


@pytest.mark.parametrize("source", [None, "{% if %}"])
def test_a_missing_or_broken_template_is_the_checkpoints(tmp_path: Path, source: str | None) -> None:
    """And told when the engine starts."""
    with pytest.raises(CheckpointError):
        template(tmp_path, source)
