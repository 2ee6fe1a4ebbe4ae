"""What a worker holds of a route."""

from __future__ import annotations

from routing.confidence.assurance import Assurance, Bar
from routing.confidence.calibration import Calibration
from routing.confidence.views import WHOLE


def test_what_is_absent_has_no_bar() -> None:
    """An unknown slice, a view that was not calibrated, a prefix too short for any: doubt means teacher."""
    bar = Bar(Calibration(), 0.9)
    held = Assurance(bars={"general": {WHOLE: bar}})
    assert held.bar("general", WHOLE) is bar
    assert [held.bar("math", WHOLE), held.bar("general", 24), held.bar("general", None)] == [None, None, None]


def test_an_assurance_of_nothing_certifies_nothing() -> None:
    """It is what a worker has before it heard of any."""
    assert Assurance().bar("general", WHOLE) is None
    assert Bar(Calibration()).threshold is None
