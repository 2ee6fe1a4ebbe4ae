"""The slices of a request: what it asks for, known before any reply, and the unit by which traffic is shifted.

``classify`` says every slice and why; ``slice_of`` only the one that counts. Structure is looked at first
(``structure``), then the words, hashed (``ngrams``) and weighed (``fitted``); a caller's header or an operator's rule
(``rules``) goes before both (``choice``). The counterpart that fits and measures the weights is ``measuring.slices``.
"""

from routing.slices.arithmetic import is_math
from routing.slices.choice import classify, slice_of
from routing.slices.structure import LONG_CONTEXT

__all__ = ["LONG_CONTEXT", "classify", "is_math", "slice_of"]
