"""What is left of a pair in each privacy mode."""

from __future__ import annotations

import dataclasses
import json

from hypothesis import given
from hypothesis import strategies as st

from proxy.store.privacy import digested, redacted
from routing.behaviors.label import Label, Presence
from tests.proxy.store.samples import LOST, noisy, pair, reply

SAID = "Ana Beispiel"
BODY = json.dumps({"choices": [{"message": {"content": f"{SAID}, ana@example.com"}}]}).encode()
FIRED = Label("refusal", Presence.PRESENT, 0.5, f"said {SAID}", (0, 4))
TALKATIVE = dataclasses.replace(
    noisy(),
    request=b'{"messages": [{"role": "user", "content": "I am Ana Beispiel, ana@example.com"}]}',
    teacher=reply(f"{SAID}, ana@example.com", BODY, labels=(FIRED,)),
    noise=reply(f"{SAID}, ana@example.com", BODY, finish_reason=SAID, content_type=f"text/plain; name={SAID}"),
)


def label(span: tuple[int, int] | None, rule: str = "") -> Label:
    """A label that fired on this span."""
    return Label("hedging", Presence.PRESENT, 1.0, rule, span)


def test_redaction_reaches_request_replies_and_rules() -> None:
    """One place forgotten is all it takes."""
    private = redacted(dataclasses.replace(TALKATIVE, student=reply("ok", labels=(label(None, "ana@example.com"),))))
    assert "ana@example.com" not in repr(private)
    assert private.privacy == "redacted"
    assert private.teacher.text == f"{SAID}, [EMAIL]"
    assert json.loads(private.teacher.body)["choices"][0]["message"]["content"] == f"{SAID}, [EMAIL]"


def test_neither_mode_changes_a_verdict() -> None:
    """Trials were found before; what is kept afterwards must not alter them."""
    for private in (redacted(TALKATIVE), digested(TALKATIVE, b"key")):
        assert private.trials == LOST
        assert private.noise_trials == TALKATIVE.noise_trials
        assert [(found.behavior, found.presence, found.score) for found in private.teacher.labels] == [
            ("refusal", Presence.PRESENT, 0.5)
        ]


def test_spans_move_with_their_text() -> None:
    """A span that points elsewhere would show a person the wrong words as the evidence."""
    text = "ana@example.com: perhaps, call 415-555-2671"
    spans = [(0, 3), (17, 24), (4, 20), (0, 15)]
    private = redacted(pair(student=reply(text, labels=tuple(label(span) for span in spans))))
    after = private.student.text
    assert after == "[EMAIL]: perhaps, call [PHONE]"
    moved = [found.span for found in private.student.labels]
    assert moved == [None, (9, 16), None, (0, 7)]
    assert after[slice(*moved[1])] == "perhaps"  # type: ignore[misc] # compared with its span above


@given(st.text(), st.integers(-5, 50), st.integers(-5, 50))
def test_no_span_makes_it_raise(text: str, start: int, end: int) -> None:
    """Operators write detectors too."""
    private = redacted(pair(student=reply(text + " ana@example.com", labels=(label((start, end)),))))
    assert "ana@" not in private.student.text


def test_a_streams_body_is_withheld() -> None:
    """An address straddles the events of a stream, and no pattern sees it there."""
    streamed = reply("ana@example.com", b'data: {"d": "ana@"}\n\ndata: {"d": "example.com"}\n\n')
    streamed = dataclasses.replace(streamed, content_type="text/event-stream; charset=utf-8")
    private = redacted(pair(student=streamed)).student
    assert private.body == b""
    assert private.text == "[EMAIL]"


@given(st.binary())
def test_no_body_makes_redaction_raise_and_it_settles(body: bytes) -> None:
    """What an upstream sends may be anything; after one pass there is nothing more to find."""
    once = redacted(pair(student=reply(body=body), request=body))
    assert redacted(once) == once


def test_a_digest_leaves_nothing_readable() -> None:
    """Neither in texts nor in the fields an upstream fills as it likes."""
    private = digested(TALKATIVE, b"key")
    assert private.privacy == "digest"
    assert private.request == private.teacher.body == b""
    assert all(word not in repr(private) for word in ("Ana", "Beispiel", "example"))
    assert private.noise is not None
    assert private.noise.finish_reason == "other"
    assert private.noise.content_type == "text/plain"


def test_equal_texts_have_equal_digests_under_one_key_only() -> None:
    """Whether both arms said the same may be seen; what they said may not be guessed without the key."""
    same = digested(pair(teacher=reply("Yes."), student=reply("Yes.")), b"key")
    assert same.teacher.text == same.student.text
    assert same.teacher.text.endswith(" 4 characters")
    assert digested(pair(teacher=reply("Yes.")), b"other").teacher.text != same.teacher.text
    assert digested(pair(teacher=reply("No.")), b"key").teacher.text != same.teacher.text
    assert digested(pair(teacher=reply("")), b"key").teacher.text == ""
