"""Two JSON values compared as what they mean: where they agree, where they are worded otherwise, where they differ.

Numbers compare by value (``1`` is ``1.0``, but ``true`` is not ``1``), objects by their fields in any order, lists in
order unless the schema says that they are sets. Where the schema says so, texts are dates and ``January 5, 2026`` is
``2026-01-05``. A field that is missing equals its default, ``null`` and what is empty.

Two texts that differ are either two choices or two wordings. They are two choices where anybody can check it: the
schema restricts the text, it looks like an identifier, or the conversation holds the wanted one word for word, so that
it was there to be copied. Other texts are free (a search query, a summary, a thought), and two good ones always differ.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from routing.behaviors.values.dates import moment
from routing.behaviors.values.schema_facts import MISSING, Facts
from routing.traits import Json

SHORT = 64  # characters of a text that may be copied out of a conversation
_LEAVES = 500
_DEPTH = 16
_SETS = 24  # elements of lists whose order is not looked at
_IDENTIFIER = re.compile(
    r"(?=.{1,64}$)(?:\d+|[A-Z]{2,8}|[\w.+-]+@[\w.-]+|https?://\S+|(?=\S*[A-Za-z])(?=\S*[\d_#/:@-])[\w.#/:@+-]+|"
    r"\d{4}-\d\d-\d\d\S*)"
)
_SUM = re.compile(r"[\d\s.,+\-*/%^()]{1,500}")


class Match(StrEnum):
    """How two leaves compare."""

    SAME = "same"
    REWORDED = "reworded"
    APART = "apart"


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two values agree, by the paths of their leaves (``/a/0``)."""

    same: int
    reworded: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """The share of leaves that agree, in [0, 1]; one that is worded otherwise counts half."""
        total = self.same + len(self.reworded) + len(self.apart)
        return (self.same + 0.5 * len(self.reworded)) / total if total else 1.0


Leaf = tuple[str, Match]
Said = Callable[[str], bool]
"""Whether the conversation holds a text word for word, whatever its letters' case."""


def agreement(wanted: Json, given: Json, facts: Facts, said: Said) -> Agreement:
    """How far a given value agrees with the wanted one under a schema's facts."""
    leaves = list(_Walk(said).compared(wanted, given, facts, ""))
    picked = {match: tuple(path for path, found in leaves if found is match) for match in Match}
    return Agreement(len(picked[Match.SAME]), picked[Match.REWORDED], picked[Match.APART])


@dataclass(slots=True)
class _Walk:
    """One comparison, and what is left of its bound on leaves."""

    said: Said
    left: int = _LEAVES

    def compared(self, wanted: Json, given: Json, facts: Facts, path: str) -> Iterator[Leaf]:
        self.left -= 1
        if self.left < 0 or path.count("/") >= _DEPTH:
            yield path, Match.SAME if _identical(wanted, given) else Match.APART
        elif isinstance(wanted, Mapping) and isinstance(given, Mapping):
            yield from self._objects(wanted, given, facts, path)
        elif isinstance(wanted, list) and isinstance(given, list):
            yield from self._lists(wanted, given, facts, path)
        else:
            yield path, self._scalars(wanted, given, facts)

    def _objects(
        self, wanted: Mapping[str, Json], given: Mapping[str, Json], facts: Facts, path: str
    ) -> Iterator[Leaf]:
        for key, value in {**given, **wanted}.items():
            inner, place = facts.at_key(key), f"{path}/{key}"
            if key in wanted and key in given:
                yield from self.compared(value, given[key], inner, place)
            else:
                yield place, self._alone(value, inner)

    def _alone(self, value: Json, facts: Facts) -> Match:
        """A field that only one of the two has."""
        default = facts.default
        if value is None or value in ("", [], {}) or (default is not MISSING and value == default):
            return Match.SAME
        return Match.REWORDED if isinstance(value, str) and self._is_free(value, facts) else Match.APART

    def _lists(self, wanted: list[Json], given: list[Json], facts: Facts, path: str) -> Iterator[Leaf]:
        if facts.unordered and len(wanted) + len(given) <= _SETS:
            wanted, given = self._paired(wanted, given, facts, path)
        shorter = min(len(wanted), len(given))
        for index in range(shorter):
            yield from self.compared(wanted[index], given[index], facts.at_item(index), f"{path}/{index}")
        yield from ((f"{path}/{index}", Match.APART) for index in range(shorter, max(len(wanted), len(given))))
        if not (wanted or given):
            yield path, Match.SAME

    def _paired(self, wanted: list[Json], given: list[Json], facts: Facts, path: str) -> tuple[list[Json], list[Json]]:
        """Both sets, their equal elements first and in the same places."""
        left, rest, shared = list[Json](), list(given), list[Json]()
        for value in wanted:
            inner = facts.at_item(0)
            place = next((i for i, other in enumerate(rest) if self._agrees(value, other, inner, path)), None)
            if place is None:
                left.append(value)
            else:
                shared.append(rest.pop(place))
        return shared + left, shared + rest

    def _agrees(self, wanted: Json, given: Json, facts: Facts, path: str) -> bool:
        return all(match is Match.SAME for _, match in self.compared(wanted, given, facts, f"{path}/"))

    def _scalars(self, wanted: Json, given: Json, facts: Facts) -> Match:
        if isinstance(wanted, str) and isinstance(given, str):
            return self._texts(wanted, given, facts)
        return Match.SAME if _identical(wanted, given) else Match.APART

    def _texts(self, wanted: str, given: str, facts: Facts) -> Match:
        one, other = _plain(wanted), _plain(given)
        if one == other or (facts.lists_options and one.casefold() == other.casefold()):
            return Match.SAME
        if facts.says_date and (day := moment(one)) is not None and day == moment(other):
            return Match.SAME
        if _SUM.fullmatch(one) and "".join(one.split()) == "".join(other.split()):
            return Match.SAME
        if _is_rewording(one, other) and not (_IDENTIFIER.fullmatch(one) or facts.restricts):
            return Match.REWORDED
        return Match.REWORDED if self._is_free(wanted, facts) else Match.APART

    def _is_free(self, text: str, facts: Facts) -> bool:
        if facts.restricts or facts.says_date or _IDENTIFIER.fullmatch(text.strip()):
            return False
        return len(text) > SHORT or not self.said(text)


def _identical(one: Json, other: Json) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return one == other or (isinstance(one, float) and isinstance(other, float) and math.isclose(one, other))
    try:
        return type(one) is type(other) and one == other
    except RecursionError:  # nested as deeply as a parser allows
        return False


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _is_rewording(one: str, other: str) -> bool:
    """The same but for letters' case, or for what one adds after a comma: ``Paris`` and ``Paris, France``."""
    one, other = one.casefold(), other.casefold()
    return one == other or one == other.partition(",")[0] or other == one.partition(",")[0]
