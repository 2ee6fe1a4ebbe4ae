"""The command that sends a pair's request again, run by a real shell."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proxy.cli.invocation import invocation
from proxy.cli.reproduce import DataPort, curl
from proxy.cli.terminal import is_plain
from tests.proxy.store.samples import pair

PORT = DataPort("http://127.0.0.1:8080/")
# Stands in the place of curl and writes its arguments, each ended by a zero byte: what the shell made of our quoting.
CURL = "#!/bin/sh\nprintf '%s\\0' \"$@\"\n"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A PATH on which ``curl`` writes its arguments."""
    directory: Path = tmp_path_factory.mktemp("bin")
    (directory / "curl").write_text(CURL)
    (directory / "curl").chmod(0o755)
    return f"{directory}:{os.environ['PATH']}"


def arguments(command: str, path: str) -> list[bytes]:
    """What curl is given when the command is pasted into a shell."""
    environ = {"PATH": path, "PRACTICUM_CLIENT_KEY": "key"}
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, check=True, env=environ)
    return done.stdout.split(b"\0")[:-1]


@pytest.mark.parametrize(
    "body",
    [
        '{"content": "it\'s $HOME, `id`, $(id), \\"x\\"; rm -rf !! \\\\ # end"}',
        "@/etc/passwd",
        "-o /tmp/x",
        '{\n  "a":\t"日本語 👩‍👧"\n}\n',
        "'",
    ],
)
def test_the_shell_gives_curl_exactly_the_body(path: str, body: str) -> None:
    """A prompt must not become a command, nor the name of a file to send."""
    given_ = arguments(curl(pair(request=body.encode()), PORT, ""), path)
    assert given_[-2:] == [b"--data-raw", body.encode()]


@settings(max_examples=30)
@given(st.binary(min_size=1))
def test_any_body_is_printed_safely_or_piped(path: str, body: bytes) -> None:
    """Whatever was sent, the command itself is harmless to look at."""
    command = curl(pair(request=body), PORT, "--admin 'http://a'")
    assert is_plain(command)
    if not command.startswith("curl "):
        fetch = f"{invocation()} pair pair-000000 --request --admin 'http://a'"
        assert command.startswith(f"{fetch} |\ncurl ")
        assert command.endswith("--data-binary @-")
    else:
        assert arguments(command, path)[-1] == body


@pytest.mark.parametrize("body", [b"\xff", b"a\x1b[2Jb", "\u202e".encode(), b"x" * 200_000])
def test_what_cannot_be_printed_is_piped(body: bytes) -> None:
    """Bytes, escapes, and what is longer than an argument may be."""
    assert "--data-binary @-" in curl(pair(request=body), PORT, "--admin x")


@pytest.mark.parametrize(
    ("endpoint", "path_"),
    [
        ("chat_completions", "/v1/chat/completions"),
        ("completions", "/v1/completions"),
        ("responses", "/v1/responses"),
        ("messages", "/v1/messages"),
    ],
)
def test_each_endpoint_has_its_path(path: str, endpoint: str, path_: str) -> None:
    """And Anthropic's the header its servers demand."""
    given_ = arguments(curl(pair(endpoint=endpoint), PORT, ""), path)
    assert f"http://127.0.0.1:8080{path_}".encode() in given_
    assert (b"anthropic-version: 2023-06-01" in given_) == (endpoint == "messages")


def test_a_keyed_port_gets_the_key_from_the_environment(path: str) -> None:
    """The key itself is never printed."""
    assert b"authorization: Bearer key" in arguments(curl(pair(), DataPort("http://a", keyed=True), ""), path)


def test_a_url_is_quoted_too(path: str) -> None:
    """It came from an option or a configuration."""
    assert b"http://a/$(id)'/v1/chat/completions" in arguments(curl(pair(), DataPort("http://a/$(id)'"), ""), path)


def test_a_request_that_was_not_kept_cannot_be_sent_again() -> None:
    """It says why."""
    assert "privacy is 'digest'" in curl(pair(request=b"", privacy="digest"), PORT, "")
