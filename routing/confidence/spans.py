"""Which tokens of a structured reply say something: those that overlap a value.

In JSON, keys, braces and commas are given by the schema or follow from it; a student is sure of them whatever it makes
up in between, and a hundred sure braces would hide one guessed number. So inside an object or array only values count:
literals, and strings from their first character to the quote that ends them, for ending there is a choice as well.

Text before, between and after JSON counts, such as an answer in prose, or the mark that begins a call of a tool. What
turns out to be no JSON counts from there on. The scanner reads token by token, split anywhere, and never looks back; it
refuses to say whether the JSON is good, which is ``hard_rules``' to say.
"""

from __future__ import annotations

from routing.traits import FormatKind, Traits


def is_structured(traits: Traits) -> bool:
    """Whether a request's replies are read so: it asks for JSON or offers tools."""
    return bool(traits.tools) or traits.format is not FormatKind.TEXT


# Where the scanner stands: numbers, because an enumeration's members take longer to look up than a character to read.
(
    _TEXT,  # outside of JSON
    _PROSE,  # outside, for good: what looked like JSON was none
    _KEY,  # before a key, or the end of an object
    _IN_KEY,
    _COLON,
    _VALUE,  # before a value, or the end of an array
    _IN_STRING,
    _LITERAL,
    _NEXT,  # after a value
) = range(9)

_STEPS = {(_KEY, '"'): _IN_KEY, (_COLON, ":"): _VALUE, (_VALUE, '"'): _IN_STRING}
_AFTER = {"{": _KEY, "[": _VALUE}  # what comes after an opening bracket, or after a comma behind it
_OPENED_BY = {"}": "{", "]": "["}
_SPACE = frozenset(" \t\r\n")
_BEGINS_LITERAL = frozenset("-0123456789tfnNI")  # NaN and Infinity are values, if no JSON
_IN_LITERAL = frozenset("-+.0123456789abcdefghijklmnopqrstuvwxyzINE")


class Values:
    """Reads a reply's tokens in order, and says of each whether it counts."""

    __slots__ = ("_at", "_escaped", "_open")

    def __init__(self) -> None:
        """Begin before the first token."""
        self._at = _TEXT
        self._open: list[str] = []  # the brackets that are
        self._escaped = False

    def counts(self, token: str) -> bool:
        """Whether the next token overlaps a value or stands outside of JSON.

        One without a text counts where text does.
        """
        at = self._at
        if at == _PROSE or (at == _TEXT and "{" not in token and "[" not in token):
            return True
        if at == _IN_STRING and not self._escaped and '"' not in token and "\\" not in token:
            return True
        found = False
        for sign in token:
            found |= self._read(sign)
        return found

    def _read(self, sign: str) -> bool:
        """Take one character in; whether it counts."""
        at = self._at
        if at in {_IN_STRING, _IN_KEY}:
            return self._within(sign)
        if at in {_TEXT, _PROSE}:
            return not (at == _TEXT and self._opens(sign))
        if at == _LITERAL:
            if sign in _IN_LITERAL:
                return True
            self._at = _NEXT
        return sign not in _SPACE and not self._is_structure(sign)

    def _within(self, sign: str) -> bool:
        """A character of a string or a key, which may end it."""
        is_value = self._at == _IN_STRING
        if self._escaped:
            self._escaped = False
        elif sign == "\\":
            self._escaped = True
        elif sign == '"':
            self._at = _NEXT if is_value else _COLON
        return is_value

    def _is_structure(self, sign: str) -> bool:
        """A character between strings and literals; False where it begins a literal, or shows that this is no JSON."""
        at = self._at
        if (step := _STEPS.get((at, sign))) is not None:
            self._at = step
        elif at == _NEXT and sign == ",":
            self._at = _AFTER[self._open[-1]]
        elif not (at == _VALUE and self._opens(sign)) and not (at != _COLON and self._closes(sign)):
            self._at = _LITERAL if at == _VALUE and sign in _BEGINS_LITERAL else _PROSE
            return False
        return True

    def _opens(self, sign: str) -> bool:
        if (after := _AFTER.get(sign)) is None:
            return False
        self._open.append(sign)
        self._at = after
        return True

    def _closes(self, sign: str) -> bool:
        if self._open[-1] != _OPENED_BY.get(sign):
            return False
        self._open.pop()
        self._at = _NEXT if self._open else _TEXT
        return True
