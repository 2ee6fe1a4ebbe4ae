"""What a configuration names of the environment: the keys that are asked for, and what is missing.

A port that is to ask for a key asks in any case. A configuration whose keys no variable holds is refused, at a start
and at a reload (``guarded``); should one come into force all the same, no key fits, and nobody is let in. A key that we
present and that is not there is a warning (``unset``), for a server may need none. This module shows no secret. Its
counterpart is ``parse``, which reads no environment.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Mapping

from proxy.config.parse import Loaded
from proxy.config.problems import Problem
from proxy.config.settings import Config
from proxy.errors import ConfigError

NOBODYS = frozenset({b""})  # no digest is empty


def client_keys(config: Config, environ: Mapping[str, str]) -> frozenset[bytes]:
    """The SHA-256 digests of the keys that callers present, one of them; empty where anybody is served."""
    if (name := config.listen.client_keys_env) is None:
        return frozenset()
    keys = (key.strip() for key in environ.get(name, "").split(","))
    return frozenset(hashlib.sha256(key.encode()).digest() for key in keys if key) or NOBODYS


def admin_token(config: Config, environ: Mapping[str, str]) -> str | None:
    """The admin port's bearer token; None where it asks for none. One that is not set is made up, and nobody's."""
    if (name := config.admin.token_env) is None:
        return None
    return environ.get(name) or secrets.token_urlsafe()


def guarded(loaded: Loaded, source: str, environ: Mapping[str, str]) -> Loaded:
    """The configuration itself. Raises ``ConfigError`` where it asks for keys that no variable holds."""
    if problems := tuple(unguarded(loaded.config, source, environ)):
        raise ConfigError(problems)
    return loaded


def unguarded(config: Config, source: str, environ: Mapping[str, str]) -> Iterator[Problem]:
    """A problem for each key that is asked for and that no variable holds."""
    if client_keys(config, environ) == NOBODYS:
        name, remedy = config.listen.client_keys_env, "set it, or leave client_keys_env out to serve anybody"
        yield Problem(source, 0, "listen.client_keys_env", f"{name}", "is not set, or holds no key", remedy)
    if (name := config.admin.token_env) is not None and not environ.get(name):
        remedy = "set it, or leave token_env out and listen on 127.0.0.1"
        yield Problem(source, 0, "admin.token_env", name, "is not set, or is empty", remedy)


def unset(config: Config, environ: Mapping[str, str]) -> Iterator[str]:
    """Each key of an upstream that no variable holds: it is called without one."""
    for route in config.routes.values():
        judges = ((f"behaviors.{own.name}.judge", own.judge.api_key_env) for own in route.behaviors if own.judge)
        arms = (("teacher", route.teacher.api_key_env), ("student", route.student.api_key_env))
        for place, name in (*arms, *judges):
            if name and not environ.get(name):
                yield f"routes.{route.name}.{place}.api_key_env: {name} is not set; it is called without a key of ours"
