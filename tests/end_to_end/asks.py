"""The requests that end-to-end tests send: valid, with bytes that a proxy must not tidy away.

Each carries a mark, by which an upstream's memory is searched. ``replies`` has what comes back.
"""

from __future__ import annotations

from tests.end_to_end.wire import Fields

CHAT, COMPLETIONS, RESPONSES, MESSAGES = "/v1/chat/completions", "/v1/completions", "/v1/responses", "/v1/messages"
ENDPOINTS = (CHAT, COMPLETIONS, RESPONSES, MESSAGES)

_TURNS = '"messages": [{"role":"user",  "content":"Two and two? \\u00e9é"}]'
_PROMPTS = {
    CHAT: _TURNS,
    COMPLETIONS: '"prompt": "Two and two is"',
    RESPONSES: '"input": "Two and two?"',
    MESSAGES: f'"max_tokens": 16, {_TURNS}',
}


def ask(path: str, model: str, mark: str, *, stream: bool = False) -> bytes:
    """A request for one endpoint: unknown fields, odd whitespace, a number that a JSON library would rewrite."""
    flag = ' "stream" :true,' if stream else ""
    return f'{{ "model":"{model}",{flag}\t{_PROMPTS[path]}, "x_mark": "{mark}", "x_n": 1.50e0 }}\n'.encode()


def behave(behavior: str) -> Fields:
    """The header that tells the teacher how to behave."""
    return (("X-Behave", behavior),)
