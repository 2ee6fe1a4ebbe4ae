"""Prices on the metrics page: of one token, and only where somebody gave one."""

from __future__ import annotations

from proxy.config.prices import ArmPrices, Prices
from proxy.config.settings import Route, Upstream
from proxy.examiner.prices import price_gauges

ARM = Upstream("http://h/v1", "m")


def test_a_price_is_of_one_token() -> None:
    """The page counts tokens; who multiplies should not have to know of millions."""
    route = Route("x", ("*",), ARM, ARM, prices=Prices(ArmPrices(2.5, 10.0), ArmPrices(completion=0.0)))
    assert {labels: price for (_, labels), price in price_gauges(route)} == {
        ("x", "teacher", "prompt"): 2.5e-6,
        ("x", "teacher", "completion"): 1e-5,
        ("x", "student", "completion"): 0.0,
    }


def test_without_prices_there_is_no_series() -> None:
    """Unknown is not free."""
    assert not list(price_gauges(Route("x", ("*",), ARM, ARM)))
