"""Regular expressions that are compiled when they are first asked, because nobody waits for that at a start.

Of the largest detectors' it took 0.09 s of CPU in every process. From the first use on there is no difference: methods
are the compiled pattern's own. A pattern with a mistake in it fails where it is first used, so each needs a test that
uses it. This module refuses to find anything itself.
"""

from __future__ import annotations

import re
from typing import cast

_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "split", "sub", "subn")


def pattern(source: str, flags: int = 0) -> re.Pattern[str]:
    """What ``re.compile`` would give, typed as what it becomes; hand it to no function of ``re``."""
    return cast("re.Pattern[str]", _Uncompiled(source, flags))


class _Uncompiled:
    __slots__ = ("_flags", "_source", *_METHODS)

    def __init__(self, source: str, flags: int) -> None:
        self._source = source
        self._flags = flags

    def __getattr__(self, name: str) -> object:
        """Whatever is not there yet, and after the first method all of them are."""
        if name.startswith("__"):  # what Python looks for in any object is none of a pattern's
            raise AttributeError(name)
        compiled = re.compile(self._source, self._flags)
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)
