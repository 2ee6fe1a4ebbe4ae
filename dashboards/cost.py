"""Tokens and money: who spends them on what, and what the teacher alone would have cost."""

from __future__ import annotations

from collections.abc import Callable

from dashboards.panels import Board, Color, Form, Panel, Query, Row
from dashboards.promql import RANGE, WINDOW, gauge, grown, metric, rate, share

_TOKENS = metric("tokens_total")
_PRICE = gauge("route, arm, direction", metric("price_per_token"))
_TEACHERS = gauge("route, direction", metric("price_per_token", arm="teacher"))
_ANSWERED = metric("tokens_total", purpose="~serve|fallback")
_PROOF = metric("tokens_total", purpose="~mirror|noise|audit")
_MONEY = "In the currency of `prices`, whichever that is."
_UNPRICED = "no prices are configured: routes.NAME.prices"


def _hourly(selector: str) -> str:
    """So much of it in an hour, going by this moment."""
    return f"3600 * rate({selector}[{WINDOW}])"


def _in_all(selector: str) -> str:
    """So much of it in the chosen time."""
    return f"increase({selector}[{RANGE}])"


Counted = Callable[[str], str]


def _spent(by: str, counted: Counted, selector: str = _TOKENS) -> str:
    """What these tokens cost."""
    tokens = f"sum by (route, arm, purpose, direction) ({counted(selector)})"
    return f"sum by ({by}) ({tokens} * on (route, arm, direction) group_left () {_PRICE})"


def _alone(counted: Counted) -> str:
    """What the answers that callers got would have cost, all of them the teacher's."""
    tokens = f"sum by (route, direction) ({counted(_ANSWERED)})"
    return f"sum by (route) ({tokens} * on (route, direction) group_left () {_TEACHERS})"


TOKENS = Panel(
    number=1,
    title="How many tokens are spent, by whom and on what?",
    description="As the upstreams report them. `serve` and `fallback` are callers' answers; `mirror`, "
    "`noise`, `audit` and `judge` are proof; `declined` are replies of the student's that were turned down. Proof "
    "above answers: lower `mirror.percentage`.",
    unit="short",
    queries=(Query(rate("route, arm, purpose, direction", _TOKENS), "{{route}} {{arm}} {{purpose}} {{direction}}"),),
    form=Form.STACKED,
)
MONEY = Panel(
    number=2,
    title="What does an hour cost, by arm and purpose?",
    description=f"{_MONEY} What has no price is not in it. `declined` that grows: the student falls back too "
    "often to pay for itself.",
    unit="short",
    queries=(Query(_spent("route, arm, purpose", _hourly), "{{route}} {{arm}} {{purpose}}"),),
    form=Form.STACKED,
    nothing=_UNPRICED,
)
SAVED = Panel(
    number=3,
    title="How much was saved in the chosen time, against the teacher alone?",
    description=f"{_MONEY} Everything is paid for: mirroring, noise, audits and fallbacks. Negative while "
    "evidence is gathered; negative at full weight: the student's price is wrong, or it falls back too often.",
    unit="short",
    queries=(Query(f"{_alone(_in_all)} - {_spent('route', _in_all)}", "{{route}}", now=True),),
    form=Form.STAT,
    height=5,
    colors=(Color(None, "red"), Color(0, "green")),
    nothing=_UNPRICED,
)
PART = Panel(
    number=4,
    title="Which part of the teacher's bill is that?",
    description="Saved over what the teacher alone would have cost. Compare it with the student's share of "
    "traffic: the gap is the price of proof.",
    unit="percentunit",
    queries=(Query(f"1 - {_spent('route', _in_all)} / ({_alone(_in_all)} > 0)", "{{route}}", now=True),),
    form=Form.STAT,
    height=5,
    colors=(Color(None, "red"), Color(0, "green")),
    nothing=_UNPRICED,
)
AGAINST = Panel(
    number=5,
    title="What does an hour cost, against the teacher alone?",
    description=f"{_MONEY} *As it is* above *the teacher alone* is what proof costs before the student serves. "
    "It should cross with the weight.",
    unit="short",
    queries=(
        Query(_spent("route", _hourly), "{{route}} as it is"),
        Query(_alone(_hourly), "{{route}} the teacher alone"),
    ),
    nothing=_UNPRICED,
)
PROOF = Panel(
    number=6,
    title="Which part of the money is proof?",
    description="Mirroring, noise floor and audits among all. It should fall once gates pass: lower "
    "`mirror.percentage` and `noise_floor.percentage` then.",
    unit="percentunit",
    queries=(
        Query(
            share(_spent("route", _hourly, _PROOF), _spent("route", _hourly)),
            "{{route}}",
        ),
    ),
    least=0,
    nothing=_UNPRICED,
)
PRICES = Panel(
    number=7,
    title="Which prices are these numbers made with?",
    description="For a million tokens, from `routes.NAME.prices`. Are they not what you pay, every number of "
    "money here is wrong by as much.",
    unit="short",
    queries=(Query(f"1e6 * {_PRICE}", now=True),),
    form=Form.TABLE,
    columns={"Value": "for a million tokens", "Value #A": "for a million tokens"},
    nothing=_UNPRICED,
)
UNPRICED = Panel(
    number=8,
    title="Which tokens have no price, and are in no sum?",
    description="Tokens in the chosen time. Those of `judge` have none by design: judges are models of yours "
    "that are paid elsewhere. For any other set `routes.NAME.prices`.",
    unit="short",
    queries=(
        Query(
            f"{grown('route, arm, purpose, direction', _TOKENS)} unless on (route, arm, direction) {_PRICE}", now=True
        ),
    ),
    form=Form.TABLE,
    columns={"Value": "tokens", "Value #A": "tokens"},
    nothing="every token has a price",
)

COST = Board(
    uid="practicum-cost",
    title="Cost",
    description="Tokens and money: who spends them on what, and what the teacher alone would have cost.",
    rows=(
        Row("Is it worth it?", (SAVED, PART, AGAINST, MONEY)),
        Row("Where does it go?", (TOKENS, PROOF, PRICES, UNPRICED)),
    ),
)
