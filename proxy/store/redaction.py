"""Finds personal data and secrets in text, and replaces them by placeholders such as ``[EMAIL]``.

What is replaced: e-mail addresses, phone numbers, payment cards (Luhn), IBANs (mod 97), IPv4 and IPv6 addresses,
credentials (API keys, bearer tokens, JWTs, private keys, passwords after ``password=``), a URL's user and every value
of its query that is named like a secret, long runs of digits, and long runs of base64. Names and addresses of people
are beyond patterns: who may not keep them uses ``digest``.

Every pattern is linear: its repetitions are bounded or possessive, and it starts where a run starts. Most texts hold
nothing to replace, so all rules' signs, without which none of them can match, are looked for in one pass first.
Replacing can uncover a new match beside a placeholder, so passes repeat until nothing changes; a text that will not
settle is withheld. Redacting twice is therefore redacting once.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from proxy.patterns import PatternSet

WITHHELD = "[WITHHELD]"
NUMBER = "[NUMBER]"
LONG_NUMBER = 9  # digits: telephone, social security and account numbers begin here
_PASSES = 4
_KEY = 20  # characters of the shortest finding that is letters alone, an AWS key
_SCANNED = 100_000  # characters; a hostile text makes the pass over all signs slow, if linear: long ones go without it
_SECRET_NAMES = re.compile(r"(?i)token|key|secret|sig|pass|pwd|auth|code|credential|session")

Replace = Callable[[re.Match[str]], str]


class Rule(NamedTuple):
    """What to look for and by what to replace it. ``sign`` is a pattern of RE2's that is in every match."""

    sign: str
    pattern: re.Pattern[str]
    replace: Replace


def redact_text(text: str) -> str:
    """The text with every finding replaced. Idempotent; time is linear in the text's length."""
    for _ in range(_PASSES):
        before = text
        for rule in suspected(text):
            text = rule.pattern.sub(rule.replace, text)
        if text == before:
            return text
    return WITHHELD


def suspected(text: str) -> Sequence[Rule]:
    """The rules of which the text has a sign; of a long one, all."""
    if len(text) > _SCANNED:
        return RULES
    if len(text) < _KEY and text.isalpha():  # as most names in a JSON document
        return ()
    return [RULES[number] for number in _SIGNS.found(text)]


def _placeholder(name: str) -> Replace:
    return lambda _: f"[{name}]"


def _after_prefix(name: str) -> Replace:
    return lambda match: f"{match[1]}[{name}]"


def _query_value(match: re.Match[str]) -> str:
    return f"{match[1]}[SECRET]" if _SECRET_NAMES.search(match[1]) else match[0]


def _longest(name: str, valid: Callable[[str], bool]) -> Replace:
    """Replace the longest beginning of a match, at a boundary of its groups, that is valid; leave the rest."""

    def replace(match: re.Match[str]) -> str:
        found = match[0]
        ends = [len(found), *(m.start() for m in reversed(list(re.finditer(r"[ -]", found))))]
        end = next((end for end in ends if valid(found[:end])), None)
        return found if end is None else f"[{name}]{found[end:]}"

    return replace


def _is_card(text: str) -> bool:
    digits = [int(c) for c in text if c.isdigit()]
    doubled = [sum(divmod(2 * d, 10)) for d in digits[-2::-2]]
    return 13 <= len(digits) <= 19 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0  # noqa: PLR2004 -- ISO 7812


def _is_iban(text: str) -> bool:
    plain = text.replace(" ", "")
    number = "".join(str(int(c, 36)) for c in plain[4:] + plain[:4])
    return len(plain) >= 15 and int(number) % 97 == 1  # noqa: PLR2004 -- ISO 13616


def _ipv4(match: re.Match[str]) -> str:
    return "[IP]" if all(int(part) < 256 for part in match[0].split(".")) else match[0]  # noqa: PLR2004 -- a byte


def _ipv6(match: re.Match[str]) -> str:
    found = match[0].rstrip(".:") if not match[0].endswith("::") else match[0]
    if len(found) < len("::1:2") or not any(c.isdigit() for c in found):  # C++ writes a::b
        return match[0]
    try:
        ipaddress.IPv6Address(found)
    except ValueError:
        return match[0]
    return "[IP]" + match[0][len(found) :]


def _rule(sign: str, pattern: str, replace: Replace) -> Rule:
    return Rule(sign.replace(r"\d", r"\p{Nd}"), re.compile(pattern), replace)


_PHONE = "|".join(
    (
        r"\+\d[\d ().\-/]{5,20}\d",  # international
        r"00\d{2}[\d ().\-/]{4,16}\d",
        r"\(\d{2,5}\)[ .\-]?\d{3,4}[ .\-]?\d{3,5}",  # with an area code in parentheses
        r"\d{3}[ .\-]\d{3}[ .\-]\d{4}",  # North America
        r"0\d{1,4}[ /\-]\d{3,8}(?:[ \-]\d{2,4}){0,2}",  # national, with a trunk zero
        r"0\d(?:[ .\-]\d\d){4}",  # in pairs
    )
)
_KEYS = r"(?:sk|pk|rk|gh[opsur]|github_pat|glpat|xox[abeprs]|hf|npm|pypi)[\-_]"
_I = "[i\u0130\u0131]"  # what Python's patterns take for an i where case is ignored; RE2's take but i and I
_SECRETS = f"token|key|secret|s{_I}g|pass|pwd|auth|code|credent{_I}al|sess{_I}on"
_LOGINS = f"password|passwd|pwd|ap{_I}[_\\- ]?key|cl{_I}ent[_\\- ]?secret|access[_\\- ]?token"

RULES = (
    _rule(
        "-----BEGIN ",
        r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?s:.*?)(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|\Z)",
        _placeholder("SECRET"),
    ),
    _rule(";base64,", r"data:[\w/+.\-;=]{0,100};base64,[A-Za-z0-9+/=_\-]*+", _placeholder("DATA")),
    _rule(r"[A-Za-z0-9+/_\-]{512}", r"(?<![A-Za-z0-9+/_\-])[A-Za-z0-9+/_\-]{512,}+=*+", _placeholder("DATA")),
    _rule(
        r"""://[^/?#"'<>]*@""",
        r"(?<![\w+.\-])([A-Za-z][\w+.\-]*+://)[^\s/?#\"'<>]*@",
        lambda match: f"{match[1]}[USER]@",
    ),
    _rule(f"(?i)[?&][^=&]*(?:{_SECRETS})[^=&]*=", r"([?&][\w.\-%]++=)[^&\s\"'<>#]++", _query_value),
    _rule("eyJ", r"(?<![\w\-])eyJ[\w\-]++\.[\w\-]++(?:\.[\w\-]*+)*+", _placeholder("SECRET")),
    _rule(
        f"(?i)(?:bearer|bas{_I}c)[^\\pL\\pN]{{1,8}}[^ \\n]{{16}}",
        r"(?i)\b((?:bearer|basic)\s{1,8})[\w.~+/=\-]{16,}+",
        _after_prefix("SECRET"),
    ),
    _rule(
        rf"{_KEYS}[^ \n]{{16}}|A(?:KIA|SIA)[0-9A-Z]{{16}}|AIza[^ \n]{{30}}",
        rf"(?<![\w\-])(?:{_KEYS}(?=[\w\-]*\d)[\w\-]{{16,}}+|A(?:KIA|SIA)[0-9A-Z]{{16}}|AIza[\w\-]{{30,}}+)",
        _placeholder("SECRET"),
    ),
    _rule(
        f"(?i)(?:{_LOGINS})[\"']?[^\\pL\\pN]{{0,8}}[:=]",
        r"(?i)(?<![A-Za-z])((?:password|passwd|pwd|api[_\- ]?key|client[_\- ]?secret|access[_\- ]?token)"
        r"[\"']?\s{0,8}[:=]\s{0,8}[\"']?)(?!\[[A-Z]++\])[^\s\"',;]{4,}+",
        _after_prefix("SECRET"),
    ),
    _rule(r"[^ \n]@[^ \n@]*\.[^ \n]", r"(?<![\w.%+\-])[\w.%+\-]++@[\w\-]++(?:\.[\w\-]++)++", _placeholder("EMAIL")),
    _rule(
        r"[A-Z]{2}\d\d(?: ?[A-Z0-9]{4}){2}",
        r"(?<![A-Za-z0-9])[A-Z]{2}\d\d(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Za-z0-9])",
        _longest("IBAN", _is_iban),
    ),
    _rule(r"\d(?:[ \-]?\d){12}", r"(?<!\d)(?<!\d[.])\d(?:[ \-]?\d){12,18}(?!\d)", _longest("CARD", _is_card)),
    _rule(":[0-9A-Fa-f.]*:", r"(?<![\w:.])[0-9A-Fa-f:.]{2,45}+(?![\w:])", _ipv6),
    _rule(r"(?:\d{1,3}\.){3}\d", r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?!\d|\.\d)", _ipv4),
    _rule(_PHONE, rf"(?<![\w.])(?:{_PHONE})(?!\w)", _placeholder("PHONE")),
    _rule(r"\d{9}", rf"(?<!\d)(?<!\d[.])\d{{{LONG_NUMBER},}}+", _placeholder("NUMBER")),
)
_SIGNS = PatternSet(rule.sign for rule in RULES)
