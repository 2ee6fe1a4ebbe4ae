"""Text becomes nodes, or is refused with its line: what YAML allows and a configuration must not."""

from __future__ import annotations

import pytest
import yaml

from proxy.config.document import LARGEST, Unreadable, compose, json_of, pairs
from proxy.config.problems import Refused

LAUGHS = "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 7))

UNREADABLE = [
    (b"", 0, "is empty"),
    (b"# nothing but a comment\n", 0, "is empty"),
    (b"a: 1\nb: \xff\n", 2, "not UTF-8"),
    (b"a: 1\n\n- b\n", 3, "not YAML"),
    (b"a: [1,\n", 2, "not YAML"),
    (b"a: 1\n---\nb: 2\n", 2, "not YAML"),
    (b"a: *nowhere\n", 1, "not YAML"),
    (b"a: 1\nb: \x07\n", 2, "character that YAML forbids"),
    (b'a: "\\UFFFFFFFF"\n', 0, "not YAML"),
    (b"a: &a\n  b: *a\n", 1, "alias of something it stands in"),
    (b"a: &a [*a]\n", 1, "alias of something it stands in"),
    (f"a0: &a0 {list(range(10))}\n{LAUGHS}".encode(), 5, "limit of 100000"),
    (b"[" * 100 + b"]" * 100, 1, "deeper than the limit of 64"),
    (b"[" * 100_000, 0, "deeper than the limit of 64"),
    (b"a: 1\nb: {<<: 3}\n", 2, "merges something that is no mapping"),
    (b"a" * (LARGEST + 1), 0, f"limit of {LARGEST}"),
]


@pytest.mark.parametrize(("data", "line", "why"), UNREADABLE, ids=range(len(UNREADABLE)))
def test_unreadable_text_is_refused_with_its_line(data: bytes, line: int, why: str) -> None:
    """Among these are the files that a half-finished write, an editor's slip or an attacker leave."""
    with pytest.raises(Unreadable) as caught:
        compose(data)
    assert why in caught.value.why
    assert caught.value.line == line


def test_a_syntax_error_does_not_quote_the_line() -> None:
    """The line may hold a secret."""
    with pytest.raises(Unreadable) as caught:
        compose(b"api_key: hunter2: x\n")
    assert "hunter2" not in str(caught.value)


def test_a_byte_order_mark_is_no_problem() -> None:
    """Some editors write one, and no person sees it."""
    assert json_of(compose(b"\xef\xbb\xbfa: 1\n")) == {"a": 1}


def test_merged_pairs_come_last_and_say_so() -> None:
    """What stands in the mapping itself goes before what is merged in."""
    root = compose(b"- &x {a: 1}\n- &y {b: 2}\n- {<<: [*x, *y], a: 3}\n")
    assert isinstance(root, yaml.SequenceNode)
    assert [(k.value, v.value, merged) for k, v, merged in pairs(root.value[2])] == [
        ("a", "3", False),
        ("a", "1", True),
        ("b", "2", True),
    ]


def test_plain_values() -> None:
    """What a later version reads is kept as YAML means it."""
    text = b"{a: [1, 2.5, true, null, x], b: {<<: {c: 1, d: 2}, c: 3}, e: 2027-03-01}"
    assert json_of(compose(text)) == {"a": (1, 2.5, True, None, "x"), "b": {"c": 3, "d": 2}, "e": "2027-03-01"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"a: .nan", "finite"),
        (b"a: !!int x", "of the type int"),
        (b"a: !!int ''", "of the type int"),
        (b"a: !!bool x", "of the type bool"),
        (b"a: !!python/object:os.system x", "of the type python"),
        (b"a: !!binary x", "of the type binary"),
        (b"[a]: 1", "not plain text"),
        (b"{a: 1, a: 2}", "twice"),
        (b'a: "\\uD800"', "half a character"),
    ],
)
def test_values_that_json_cannot_hold_are_refused(text: bytes, why: str) -> None:
    """They would come back as something else, or construct something."""
    with pytest.raises(Refused, match=why):
        json_of(compose(text))
