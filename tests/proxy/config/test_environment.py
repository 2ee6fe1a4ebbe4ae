"""A secret that is not there opens no door."""

from __future__ import annotations

import hashlib

import pytest

from proxy.config.environment import NOBODYS, admin_token, client_keys, guarded, unguarded, unset
from proxy.config.parse import parse
from proxy.config.settings import Config
from proxy.errors import ConfigError

GUARDED = "listen: {client_keys_env: KEYS}\nadmin: {token_env: TOKEN}\n"
EMPTY = [{}, {"KEYS": "", "TOKEN": ""}, {"KEYS": " , ,", "TOKEN": ""}]


ARMS = "teacher: {base_url: http://t/v1, api_key_env: TEACHER}, student: {base_url: http://s/v1, model: m}"
TEXT = f"{GUARDED}routes: {{x: {{models: [x], {ARMS}}}}}\n"


def configured(text: str = "", route: str = "") -> Config:
    """A configuration with one route."""
    return parse(f"{text}routes: {{x: {{models: [x], {ARMS}{route}}}}}\n", "test").config


def digest(key: str) -> bytes:
    """What is kept of a key."""
    return hashlib.sha256(key.encode()).digest()


def test_keys_are_separated_by_commas_blanks_aside() -> None:
    """As people write them into files of variables."""
    keys = client_keys(configured(GUARDED), {"KEYS": " one, two ,,"})
    assert keys == {digest("one"), digest("two")}


def test_nothing_is_asked_for_where_nothing_is_named() -> None:
    """On the loopback, for a start."""
    config = configured()
    assert (client_keys(config, {"KEYS": "one"}), admin_token(config, {"TOKEN": "t"})) == (frozenset(), None)
    assert list(unguarded(config, "file", {})) == []


@pytest.mark.parametrize("environ", EMPTY)
def test_where_the_variable_is_empty_no_key_fits(environ: dict[str, str]) -> None:
    """A forgotten line in a file of secrets must not open what asks for a key: neither nothing nor a guess comes in."""
    config = configured(GUARDED)
    assert client_keys(config, environ) == NOBODYS
    assert digest("") not in NOBODYS
    first, second = (admin_token(config, environ) for _ in range(2))
    assert first != second
    assert all(token and len(token) > 40 for token in (first, second))


@pytest.mark.parametrize("environ", EMPTY)
def test_what_is_missing_is_named_with_a_remedy(environ: dict[str, str]) -> None:
    """Each of them at once, so that a start that was refused is refused once."""
    loaded = parse(TEXT, "file")
    with pytest.raises(ConfigError) as refused:
        guarded(loaded, "file", environ)
    keys, token = str(refused.value).splitlines()
    assert keys.startswith("file: listen.client_keys_env: KEYS is not set, or holds no key; set it")
    assert token.startswith("file: admin.token_env: TOKEN is not set, or is empty; set it")
    assert guarded(loaded, "file", {"KEYS": "k", "TOKEN": "t"}) is loaded


def test_keys_of_upstreams_that_are_missing_are_named() -> None:
    """Arms' and judges'; no other."""
    judge = "judge: {base_url: http://j/v1, model: j, api_key_env: JUDGE, prompt: 'Is it kind?'}"
    config = configured(route=f", behaviors: [{{name: kind, {judge}}}]")
    named = [each.partition(" is not set")[0] for each in unset(config, {})]
    assert named == ["routes.x.teacher.api_key_env: TEACHER", "routes.x.behaviors.kind.judge.api_key_env: JUDGE"]
    assert list(unset(config, {"TEACHER": "t", "JUDGE": "j"})) == []
