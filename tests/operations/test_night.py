"""Real parts: Debian's Prometheus scrapes a running Practicum, and whoever is woken finds the pair in five steps."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest

from dashboards.boards import BOARDS
from tests.end_to_end.practicum import Practicum
from tests.operations.night import LOSING, night
from tests.operations.prometheus import BINARY, Look, Prometheus, looked_at

pytestmark = [
    pytest.mark.skipif(BINARY is None, reason="prometheus (Debian: prometheus) is not here: no panel was asked"),
    pytest.mark.timeout(360),  # the first test sees the whole evening
]

# Panels that one machine's evening cannot fill, each with its reason.
LOOKS = 3  # a scrape that a busy machine missed hides gauges until the next
EMPTY: dict[tuple[str, int], str] = {}


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Practicum, Prometheus]]:
    """One for all tests of this file: it takes a minute."""
    with night(tmp_path_factory.mktemp("night")) as both:
        yield both


def silent(prometheus: Prometheus) -> dict[tuple[str, int], Look]:
    """Panels of which a query returns nothing."""
    return {(look.board, look.panel): look for look in looked_at(prometheus, BOARDS) if look.value is None}


def test_every_query_of_every_panel_returns_data(evening: tuple[Practicum, Prometheus]) -> None:
    """An empty panel looks like good news."""
    _, sees = evening
    for _ in range(LOOKS):
        sees.scraped()
        if (empty := silent(sees)).keys() == EMPTY.keys():
            break
    assert empty.keys() == EMPTY.keys(), [(look.board, look.title, look.expr) for look in empty.values()]


def test_the_rules_are_taken_and_are_well(evening: tuple[Practicum, Prometheus]) -> None:
    """Of a rule that fails nobody hears until it is needed."""
    _, sees = evening
    rules = [rule for group in sees.asked("rules")["groups"] for rule in group["rules"]]
    assert rules
    assert not [rule for rule in rules if rule["health"] != "ok"]


def test_from_the_alert_to_the_pair(evening: tuple[Practicum, Prometheus]) -> None:
    """The alert names the gate, its link a panel; the panel's exemplar names a pair, which shows both replies."""
    practicum, sees = evening
    alerts = sees.asked("alerts")["alerts"]
    assert ("PracticumRollbackHappened", LOSING) in {
        (one["labels"]["alertname"], one["labels"].get("route")) for one in alerts
    }
    gate = {"alertname": "PracticumBehaviorLost", "route": LOSING, "slice": "math", "behavior": "refusal"}
    lost = next(one for one in alerts if one["labels"] | gate == one["labels"])
    link = lost["annotations"]["dashboard_url"]
    number = re.fullmatch(
        r"https://grafana\.example/d/practicum-behaviors\?viewPanel=(\d+)"
        rf"&var-route={LOSING}&var-slice=math&var-behavior=refusal",
        link,
    )
    assert number is not None
    board = next(board for board in BOARDS if board.uid == "practicum-behaviors")
    assert number[1] in {str(panel.number) for panel in board.panels}
    pair = exemplar(sees, f'practicum_divergences_total{{route="{LOSING}", slice="math", behavior="refusal"}}')
    page = practicum.ask_admin(f"/api/pairs/{pair}").body.decode()
    assert "I'm sorry" in page
    assert "take out the battery" in page


def exemplar(sees: Prometheus, selector: str) -> str:
    """The newest pair that a panel over these series shows as a dot."""
    now = time.time()
    dots = sees.exemplars(selector, now - 600, now + 60)
    assert dots, "an exemplar was scraped"
    return dots[-1].labels["pair_id"]
