"""How sure a made-up student has to be: one slice in which it is certified, and one in which nothing is yet."""

from __future__ import annotations

import dataclasses

from proxy.examiner.status import Bin, ConfidenceStatus, SliceConfidence, ViewConfidence

LACKING = "no confidence threshold is certified yet: 60 of at least 298 answers that sure (1 of them diverged)"
DIAGRAM = (Bin(0.45, 0.5, 40), Bin(0.97, 0.85, 360))
WHOLE = ViewConfidence("whole", 0.9312, 300, 2, 400, 0, 640, own=True, brier=0.0412, ece=0.0123, diagram=DIAGRAM)
FIRST = ViewConfidence("first_24", None, 20, 0, 25, 278, 90, own=False, brier=None, ece=None)
MATH = SliceConfidence(
    slice="math",
    views=(WHOLE, FIRST),
    served=310,
    diverged=2,
    fell_back=40,
    rate=2 / 310,
    upper=0.0191,
    unproven=(),
    prompt=True,
    uncertified="",
)
CODE = SliceConfidence("code", (FIRST,), 0, 0, 0, None, None, ("format", "refusal"), prompt=False, uncertified=LACKING)
CONFIDENCE = ConfidenceStatus(
    promise="selective",
    target=0.02,
    confidence=95.0,
    version=3,
    made=1_795_000_000.0,
    units=1300,
    fitted=650,
    due=961,
    silent=("messages",),
    slices=(CODE, MATH),
)
EARLY = dataclasses.replace(CONFIDENCE, version=0, made=0.0, units=90, fitted=41, due=187, silent=(), slices=())
UNPROMISED = dataclasses.replace(EARLY, promise="none", due=0)
