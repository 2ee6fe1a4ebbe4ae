"""A conversation as the text that a checkpoint was trained on: its own chat template, in Jinja's sandbox.

Messages are prepared as vLLM prepares them: content is text, a call's arguments are an object. So the same checkpoint
reads the same prompt here and there.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import jinja2
import jinja2.sandbox
import msgspec

from proxy.demo.engine.checkpoint import CheckpointError

Fields = dict[str, object]  # what templates read: JSON objects


class ConversationError(Exception):
    """The template does not take this conversation, and why."""


class _Named(msgspec.Struct):
    """A token as ``tokenizer_config.json`` writes it where it has properties."""

    content: str


class _Config(msgspec.Struct):
    """What matters here of ``tokenizer_config.json``."""

    bos_token: str | _Named | None = None
    eos_token: str | _Named | None = None
    chat_template: str | None = None


class Template:
    """The chat template of the checkpoint in ``folder``; raises ``CheckpointError``."""

    def __init__(self, folder: Path) -> None:
        path = folder / "tokenizer_config.json"
        try:
            config = msgspec.json.decode(path.read_bytes(), type=_Config)
            self._template = _compiled(_source(folder, config))
        except (OSError, msgspec.DecodeError, jinja2.TemplateError) as exc:
            raise CheckpointError(f"{path}: {exc}") from exc
        marks = {"bos_token": config.bos_token, "eos_token": config.eos_token}
        self._marks = {name: _content(mark) for name, mark in marks.items() if mark is not None}

    def render(self, messages: Sequence[Fields], tools: Sequence[Fields] | None) -> str:
        """The prompt that asks for the next message; raises ``ConversationError``."""
        try:
            text: str = self._template.render(messages=messages, tools=tools, add_generation_prompt=True, **self._marks)
        # a template is a program, and on a conversation it was not written for it may fail in any way
        except Exception as exc:
            raise ConversationError(f"the chat template of this model refuses these messages: {exc}") from exc
        return text


def _source(folder: Path, config: _Config) -> str:
    """The template's text: of the older layout in the tokenizer's configuration, of the newer in a file of its own."""
    file = folder / "chat_template.jinja"
    source = file.read_text() if file.exists() else config.chat_template
    if source is None:
        raise CheckpointError(f"{folder}: neither chat_template.jinja nor a chat_template in tokenizer_config.json")
    return source


def _content(mark: str | _Named) -> str:
    return mark if isinstance(mark, str) else mark.content


def _compiled(source: str) -> jinja2.Template:
    """With what templates expect beside Jinja itself: the surroundings that transformers gives them."""
    world = jinja2.sandbox.ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
    )
    world.filters["tojson"] = _tojson
    world.globals["raise_exception"] = _raise_exception
    return world.from_string(source)


def _tojson(value: object, *, ensure_ascii: bool = False, indent: int | None = None) -> str:
    """Jinja's own escapes for HTML, which a model has never seen."""
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent)


def _raise_exception(message: str) -> None:
    raise jinja2.TemplateError(message)
