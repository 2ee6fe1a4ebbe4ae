"""Kinds of value: what each takes and refuses, that its schema agrees, and that no refusal shows a secret."""

from __future__ import annotations

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.config.kinds import KINDS, choice, loopback, mask_password
from proxy.config.problems import Refused

GOOD = [
    ("environment variable", "TEACHER_API_KEY"),
    ("url", "https://h"),
    ("url", "http://127.0.0.1:8000/v1"),
    ("url", "http://[::1]:8000/v1"),
    ("database url", "sqlite:///practicum.db"),
    ("database url", "sqlite:////var/lib/practicum.db"),
    ("database url", "postgresql://user:password@host:5432/db?sslmode=require"),
    ("database url", "postgresql+psycopg:///db?host=/tmp"),
    ("route name", "support-bot_1.2"),
    ("header condition", "x-team"),
    ("header condition", "x-team=ide-*=1"),
    ("sticky source", "header:x-user-id"),
    ("sticky source", "body:metadata.user_id"),
    ("sticky source", "api_key"),
    ("sticky source", "conversation"),
    ("date", "2028-02-29"),
    ("slice", "math"),
    ("behavior", "cites_policy"),
    ("text", "grüße, gpt-4"),
    ("prose", "Whether it cites the policy:\n\n- by number\n- or by name\n"),
    ("regular expression", r"(?i)\bpolicy\s+\pN+"),
    ("regular expression", "日本|grüße"),
]
BAD = [
    ("environment variable", "sk-abcdef", "put the secret in the environment"),
    ("environment variable", "", "put the secret in the environment"),
    ("environment variable", "A\n", "put the secret in the environment"),
    ("url", "ftp://h", "https://"),
    ("url", "h:8000/v1", "https://"),
    ("url", "http://", "https://"),
    ("url", "http://h:x/", "https://"),
    ("url", "http://[::1/", "https://"),
    ("url", "https://user:pw@h/v1", "environment variable"),
    ("url", "https://token@h/v1", "environment variable"),
    ("url", "https://h/v1?key=1", "end it with the path"),
    ("url", "http://a b/v1", "https://"),
    ("database url", "mysql://h/db", "sqlite:///FILE"),
    ("database url", "sqlite://", "sqlite:///"),
    ("database url", "postgresql://h", "user@host/database"),
    ("route name", "a/b", "64 letters"),
    ("route name", "..", "64 letters"),
    ("route name", "x" * 65, "64 letters"),
    ("header condition", "x team", "NAME=VALUE"),
    ("header condition", "x-team=", "NAME=VALUE"),
    ("header condition", "x-team=a\n", "NAME=VALUE"),
    ("sticky source", "header:", "header:NAME"),
    ("sticky source", "cookie:x", "header:NAME"),
    ("date", "2027-02-29", "real date"),
    ("date", "20270301", "year-month-day"),
    ("slice", "mth", 'did you mean "math"?'),
    ("behavior", "Refusal", "lower-case"),
    ("text", " ", "write something"),
    ("text", "a\x00b", "plain text"),
    ("prose", "\n \n", "write something"),
    ("prose", "a\x1b[2J", "plain text"),
    ("prose", "a" * 20_001, "fewer words"),
    ("regular expression", "", "write a pattern"),
    ("regular expression", "(a", "RE2's syntax"),
    ("regular expression", "(?=a)", "without lookaround"),
    ("regular expression", r"(a)\1", "or backreference"),
    ("regular expression", "a" * 4097, "shorter"),
    ("port", "65536", "0 to 65535"),
    ("positive count", "0", "1 or more"),
    ("count", "-1", "0 or more"),
    ("count", "010", "plain decimal digits"),
    ("count", "1_000", "plain decimal digits"),
    ("price", "-1", "0 or more"),
    ("price", "1e3", "plain number"),
    ("price", "nan", "plain number"),
    ("price", "inf", "plain number"),
    ("boolean", "yes", "true or false"),
    ("timeout", "0s", "above zero"),
]


@pytest.mark.parametrize(("kind", "text"), GOOD)
def test_good_values_pass_and_their_schema_agrees(kind: str, text: str) -> None:
    """An editor must not underline what the proxy takes."""
    assert KINDS[kind].read(text) == text
    assert jsonschema_rs.validator_for(dict(KINDS[kind].schema)).is_valid(text)


@pytest.mark.parametrize(("kind", "text", "remedy"), BAD)
def test_bad_values_are_refused_with_a_remedy(kind: str, text: str, remedy: str) -> None:
    """The remedy is what saves the second attempt."""
    with pytest.raises(Refused) as caught:
        KINDS[kind].read(text)
    assert remedy in caught.value.remedy


@given(st.sampled_from(sorted(KINDS)), st.text())
def test_reading_raises_nothing_but_refusals(kind: str, text: str) -> None:
    """An exception of a library would hide all the other problems of the file."""
    try:
        value = KINDS[kind].read(text)
    except Refused:
        return
    assert KINDS[kind].write(value) is not None


def test_an_upstream_url_ends_without_a_slash() -> None:
    """A path is appended to it, and a double slash is another path."""
    assert KINDS["url"].read("https://h/v1/") == "https://h/v1"


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("environment variable", "sk-hunter2"),
        ("url", "https://user:hunter2@h/v1"),
        ("url", "https://hunter2@h/v1"),
        ("url", "hunter2"),
        ("database url", "postgresql://user:hunter2@h"),
        ("database url", "mysql://user:hun@ter/hunter2@h/db"),
    ],
)
def test_refused_secrets_are_not_shown(kind: str, text: str) -> None:
    """Messages end up in logs and tickets."""
    with pytest.raises(Refused) as caught:
        KINDS[kind].read(text)
    assert "hunter2" not in str(caught.value) + KINDS[kind].shown(text)


@pytest.mark.parametrize(
    ("url", "masked"),
    [
        ("postgresql://user:hunter2@host/db", "postgresql://user:***@host/db"),
        ("postgresql://user:p@ss/word@host/db", "postgresql://user:***@host/db"),
        ("postgresql://user@host/db?password=hunter2&x=1", "postgresql://user@host/db?password=***&x=1"),
        ("postgresql://user@host/db", "postgresql://user@host/db"),
        ("sqlite:///practicum.db", "sqlite:///practicum.db"),
    ],
)
def test_passwords_are_masked_wherever_they_stand(url: str, masked: str) -> None:
    """The effective configuration is served over HTTP."""
    assert mask_password(url) == masked


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", True), ("127.1.2.3", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("::", False)],
)
def test_loopback(host: str, expected: bool) -> None:
    """Only these are out of reach of other hosts."""
    assert loopback(host) is expected


def test_a_choice_names_the_nearest() -> None:
    """Of a few words, the one meant is nearly always clear."""
    with pytest.raises(Refused, match='did you mean "rollback"'):
        choice(("rollback", "pause")).read("rolback")
