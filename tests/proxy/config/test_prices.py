"""Prices as they are written: what is left out is unknown, and never free."""

from __future__ import annotations

import pytest

from proxy.config.parse import parse
from proxy.config.prices import ArmPrices, Prices
from proxy.errors import ConfigError

ROUTE = """
routes:
  x:
    models: ["*"]
    teacher: {base_url: "http://t"}
    student: {base_url: "http://s", model: m}
    prices: PRICES
"""


def prices(text: str) -> Prices:
    """A route's, from the text of its section."""
    return parse(ROUTE.replace("PRICES", text), "test").config.routes["x"].prices


def test_each_arm_has_two() -> None:
    """Replies cost several times what prompts do."""
    found = prices("{teacher: {prompt: 2.5, completion: 10}, student: {prompt: 0, completion: .125}}")
    assert found == Prices(ArmPrices(2.5, 10.0), ArmPrices(0.0, 0.125))


def test_what_is_left_out_is_unknown() -> None:
    """A student that costs nothing and one of which nobody knows are two things to a sum of money."""
    assert prices("{teacher: {prompt: 2.5}}") == Prices(ArmPrices(2.5, None), ArmPrices(None, None))


@pytest.mark.parametrize("price", ["-1", "2.5€", "'2.5'", "1e3"])
def test_what_is_no_price_is_refused(price: str) -> None:
    """A sum with a wrong factor looks like any other."""
    with pytest.raises(ConfigError, match=r"routes\.x\.prices\.student\.prompt"):
        prices(f"{{student: {{prompt: {price}}}}}")
