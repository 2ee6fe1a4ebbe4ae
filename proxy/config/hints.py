"""The words that say what kind of value a setting holds.

A type alone cannot tell seconds from bytes; the word in an ``Annotated`` does, and ``kinds`` has a row for each. Units
are fixed: a ``Duration`` is seconds, a ``Size`` bytes, a ``Percent`` 0 to 100 with up to three decimals.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

Duration = Annotated[float, "duration"]
Timeout = Annotated[float, "timeout"]  # a duration above zero
Size = Annotated[int, "size"]
Percent = Annotated[float, "percent"]
Price = Annotated[float, "price"]  # of a million tokens, in any currency
EnvName = Annotated[str, "environment variable"]
Url = Annotated[str, "url"]
WebhookUrl = Annotated[str, "webhook url"]
DatabaseUrl = Annotated[str, "database url"]
Text = Annotated[str, "text"]
Prose = Annotated[str, "prose"]  # text of several lines
RegularExpression = Annotated[str, "regular expression"]  # in RE2's syntax
Count = Annotated[int, "count"]
Positive = Annotated[int, "positive count"]
Port = Annotated[int, "port"]
Date = Annotated[str, "date"]
RouteName = Annotated[str, "route name"]
SliceName = Annotated[str, "slice"]
BehaviorName = Annotated[str, "behavior"]
HeaderCondition = Annotated[str, "header condition"]  # NAME, or NAME=VALUE with * for any characters
StickySource = Annotated[str, "sticky source"]
PerSlice = Annotated[Mapping[str, Percent], "per slice"]  # one number, or numbers by slice and a ``default``
Free = Annotated[Mapping[str, object], "free"]  # what a later version reads
Derived = Annotated[str, "derived"]  # no key of the file
