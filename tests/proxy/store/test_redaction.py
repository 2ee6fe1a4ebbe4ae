"""What is replaced in a text, what is not, and that it takes linear time."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from proxy.store.redaction import RULES, WITHHELD, redact_text, suspected

FRAGMENTS = [
    "ana@example.com", "+49 171 1234567", "4111 1111 1111 1111", "DE89 3704 0044 0532 0130 00", "192.168.1.20",
    "2001:db8::8a2e:370:7334", "sk-proj-abcdefgh12345678", "Bearer abcdefghijklmnop1234", "https://u:p@host/x?token=abc",
    "password=hunter2", "123456789", "1.2.3.4.5.6.7.8", "::", "@", "[EMAIL]", "-----BEGIN PRIVATE KEY-----", "eyJh.b.c",
    "data:image/png;base64,AAAA", " ", "-", ".", ":", "5", "00", "+1", "(", ")", "=", "&", "?", "\"", "\n", "é", "[",
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("Write to ana.b+c@mail.example.com.", "Write to [EMAIL]."),
        ("grüße@münchen.de", "[EMAIL]"),
        ("mailto:ana@example.com?subject=hi", "mailto:[EMAIL]?subject=hi"),
        ("Call +49 171 1234567 now", "Call [PHONE] now"),
        ("Call (415) 555-2671 or 415-555-2671", "Call [PHONE] or [PHONE]"),
        ("Tel. 030 1234567", "Tel. [PHONE]"),
        ("au 06 12 34 56 78", "au [PHONE]"),
        ("card 4111 1111 1111 1111, thanks", "card [CARD], thanks"),
        ("card 4111111111111111 123", "card [CARD] 123"),
        ("5500-0000-0000-0004", "[CARD]"),
        ("IBAN DE89 3704 0044 0532 0130 00 please", "IBAN [IBAN] please"),
        ("GB29NWBK60161331926819", "[IBAN]"),
        ("host 192.168.1.20:8080", "host [IP]:8080"),
        ("host 2001:db8::8a2e:370:7334.", "host [IP]."),
        ("[fe80::1%eth0]", "[[IP]%eth0]"),
        ("key sk-proj-abcd1234efgh5678", "key [SECRET]"),
        ("ghp_abcdefghij0123456789ABCDEFGHIJ012345", "[SECRET]"),
        ("AKIAIOSFODNN7EXAMPLE", "[SECRET]"),
        ("Authorization: Bearer abcdefghijklmnop.1234", "Authorization: Bearer [SECRET]"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "[SECRET]"),
        ("password: hunter2!", "password: [SECRET]"),
        ('{"api_key" = "abcdef"', '{"api_key" = "[SECRET]"'),
        ("https://ana:pw@host.example/x?id=7&access_token=zzz#top", "https://[USER]@host.example/x?id=7&access_token=[SECRET]#top"),
        ("postgresql://ana:p@ss@db/x", "postgresql://[USER]@db/x"),
        ("account 123456789", "account [NUMBER]"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- end", "[SECRET] end"),
        ("see data:image/png;base64,iVBORw0KGgo= here", "see [DATA] here"),
        ("x" + "QUJD" * 200, "[DATA]"),
    ],
)  # fmt: skip
def test_what_identifies_or_opens_is_replaced(text: str, redacted: str) -> None:
    """Each of these has turned up in real conversations with a support bot."""
    assert redact_text(text) == redacted


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I cannot help with that.",
        "On 2024-05-01 at 12:30:45 it took 3.14159265358979 s.",
        "Chapters 10 to 20, pages 100-200, $1,234,567.89",
        "std::vector<int> a::b; Foo::Bar()",
        "@decorator and user@localhost",
        "a basic understanding of the bearer of news",
        "f(x) = x^2 - 4x + 4; 17 * 23 = 391",
        "https://example.com/path?page=2&sort=asc",
        "version 1.2.3, ratio 16:9, 999.999.999.999",
        "commit 3f2a9c1, sk-learn, hf-hub",
    ],
)
def test_ordinary_text_stays(text: str) -> None:
    """A redaction that eats dates and code leaves nothing to judge a student by."""
    assert redact_text(text) == text


@given(st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=5), max_size=12).map("".join))
def test_redacting_twice_is_redacting_once(text: str) -> None:
    """Whatever a replacement uncovers is replaced in the same call, and placeholders are left alone."""
    once = redact_text(text)
    assert redact_text(once) == once


@given(st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=5), max_size=12).map("".join))
@example("ba\u017fic abcdefghijklmnopq")
@example("bas\u0131c abcdefghijklmnopq")
@example("pa\u017fsword\u2003:\u2003abcdef")
@example("a://b\ud800@host")
@example("AKIAABCDEFGHIJKLMNOP")
@example("\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668\u0669")
def test_no_rule_matches_without_its_sign(text: str) -> None:
    """A sign that is narrower than its rule, in another library's idea of a letter, would let a secret through."""
    suspects = suspected(text)
    for rule in RULES:
        assert rule in suspects or rule.pattern.sub(rule.replace, text) == text, rule.sign


@given(st.text())
def test_no_text_makes_it_raise(text: str) -> None:
    """A writer that stumbles over a reply loses evidence."""
    assert isinstance(redact_text(text), str)


@given(st.text(), st.text())
def test_an_address_between_any_texts_goes(before: str, after: str) -> None:
    """Surroundings must not hide what is to be found."""
    assert "secret.person@example.com" not in redact_text(f"{before} secret.person@example.com {after}")


@pytest.mark.parametrize(
    "unit",
    ["a", "1", "1 ", "a@", "a.", "A", "DE89 ", "1.", "a:", "?a=", "eyJ", "eyJ.", "sk-", "://", "a://", "0-", "+1", "(1",
     "password", "password=", "bearer ", "-----BEGIN PRIVATE KEY-----", "-----BEGIN ", ";base64,", "data:;base64,",
     "?", "&", "://@?", "?a", "@a", "api "],
)  # fmt: skip
def test_time_is_linear_in_the_text(unit: str) -> None:
    """A reply of four megabytes is allowed, and a caller who knows the patterns must not be able to stop the writer."""
    for length in (100_000, 500_000):  # with and without a look for signs first
        redact_text(
            unit * (length // len(unit))
        )  # a pattern with a square in it would not end within the suite's timeout


def test_what_does_not_settle_is_withheld() -> None:
    """Each number of this chain is uncovered by the one before; such a text is given up rather than followed."""
    assert redact_text("123456789" + 20 * "+49 171 1234567") == WITHHELD
    assert redact_text(WITHHELD) == WITHHELD
