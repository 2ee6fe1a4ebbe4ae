"""The admin port over a real socket: what it says, what it refuses, and that nothing makes it stand still."""

from __future__ import annotations

import dataclasses
import re
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import msgspec
import pytest
from starlette.routing import Route

from proxy.examiner.admin import MAX_BODY, admin_app
from proxy.examiner.documents import PairDocument, PairPage, pair_of
from proxy.examiner.pair_query import KNOWN
from proxy.examiner.status import ConfidenceStatus, Decided, Status
from proxy.store.errors import UnavailableError
from proxy.store.pair import Pair
from proxy.store.query import PairFilter
from proxy.store.store import Store
from routing.divergence import Direction, Trial
from tests.proxy.confidences import CONFIDENCE
from tests.proxy.desk import a_desk, filled, served, some_status
from tests.proxy.rollouts import moving_route
from tests.proxy.store.samples import pair

GAINED = (Trial("format", Direction.GAINED, diverged=True, severity=1.0),)
PAIRS = (
    *(pair(number) for number in range(60)),
    pair(100, GAINED, slice="math"),
    pair(101, (), route="other", endpoint="messages", request=b"\xff\x00"),
)
EVERYTHING = PairFilter(limit=None)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store with more pairs than a page."""
    opened = filled(tmp_path_factory.mktemp("admin"), PAIRS)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def client(store: Store) -> Iterator[httpx.Client]:
    """A client of an admin port over that store."""
    with served(a_desk(store)) as url, httpx.Client(base_url=url, trust_env=False) as opened:
        yield opened


def error_of(response: httpx.Response) -> tuple[str, str | None]:
    """The message and code of an error in OpenAI's shape, with all four of its keys."""
    error = response.json()["error"]
    assert error.keys() == {"message", "type", "param", "code"}
    return error["message"], error["code"]


def test_livez_says_ok(client: httpx.Client) -> None:
    """A process that cannot answer this is restarted."""
    assert client.get("/livez").text == "ok\n"


def test_readyz_is_ready(client: httpx.Client) -> None:
    """A load balancer reads the status, a person the body."""
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"ready": True, "reasons": []})


def test_readyz_gives_every_reason_while_not_ready(store: Store) -> None:
    """Whoever is paged must not have to search for why."""
    reasons = ["no worker is connected", "the store is full"]
    with served(a_desk(store, ready=lambda: reasons)) as url:
        response = httpx.get(f"{url}/readyz")
    assert (response.status_code, response.json()) == (503, {"ready": False, "reasons": reasons})


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.2", "application/openmetrics-text"),
        ("text/plain", "text/plain"),
        ("*/*", "text/plain"),
    ],
)
def test_metrics_are_in_the_form_that_is_accepted(client: httpx.Client, accept: str, media_type: str) -> None:
    """Exemplars exist in OpenMetrics only, and older scrapers read only the classic format."""
    response = client.get("/metrics", headers={"accept": accept})
    assert response.headers["content-type"].startswith(media_type)


def test_routes_are_the_whole_status(client: httpx.Client) -> None:
    """The command line decodes exactly this."""
    assert msgspec.json.decode(client.get("/api/routes").content, type=Status) == some_status()


def test_one_route(client: httpx.Client) -> None:
    """A script that watches one route need not filter."""
    assert client.get("/api/routes/support").json()["name"] == "support"


def test_an_unknown_route_names_the_known(client: httpx.Client) -> None:
    """A typing error is mended from the message alone."""
    response = client.get("/api/routes/suport")
    assert response.status_code == 404
    assert error_of(response) == ("no route 'suport'; known: support", "unknown_route")


def test_a_port_that_moves_nothing_says_so(client: httpx.Client) -> None:
    """An operator must never believe that a rollout moved."""
    ordered = client.post("/api/routes/support/abort", json={})
    told = client.get("/api/routes/support/decisions")
    assert (ordered.status_code, told.status_code) == (409, 409)
    assert "was not done" in error_of(ordered)[0]


def test_decisions_are_those_of_the_store(store: Store) -> None:
    """As many as asked for, of the route that was asked for."""
    asked: list[tuple[str, int]] = []

    def decisions(route: str, limit: int) -> tuple[Decided, ...]:
        asked.append((route, limit))
        return moving_route().decisions[:limit]

    with served(a_desk(store, decisions=decisions)) as url:
        answer = httpx.get(f"{url}/api/routes/support/decisions?limit=2").json()
        httpx.get(f"{url}/api/routes/support/decisions")
        wrong = [httpx.get(f"{url}/api/routes/support/decisions?{query}") for query in ("limit=0", "limit=x", "top=3")]
    assert [one["what"] for one in answer["decisions"]] == ["taken back", "ceiling"]
    assert asked == [("support", 2), ("support", 20)]
    assert {response.status_code for response in wrong} == {400}


def test_confidence_is_told_with_its_diagrams(store: Store) -> None:
    """Of the route that was asked for; null before the examiner has looked at it."""
    known = {"support": CONFIDENCE}
    with served(a_desk(store, confidence=known.get)) as url:
        answer = httpx.get(f"{url}/api/routes/support/confidence")
        unknown = httpx.get(f"{url}/api/routes/suport/confidence")
        known.clear()
        nothing = httpx.get(f"{url}/api/routes/support/confidence").json()
    assert msgspec.json.decode(msgspec.json.encode(answer.json()["confidence"]), type=ConfidenceStatus) == CONFIDENCE
    assert unknown.status_code == 404
    assert nothing == {"route": "support", "confidence": None}


def test_pages_hold_every_pair_once_newest_first(client: httpx.Client) -> None:
    """Following ``next`` to its end is how a reader gets everything."""
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        body = client.get("/api/pairs", params={"limit": "25"} | cursor).content
        page = msgspec.json.decode(body, type=PairPage)
        found += [row.id for row in page.pairs]
        assert len(page.pairs) <= 25
        if page.next is None:
            break
        cursor = {"cursor": page.next}
    assert found == [p.id for p in sorted(PAIRS, key=lambda p: -p.started)]


def test_a_page_that_ends_exactly_is_the_last(client: httpx.Client) -> None:
    """An empty page after it would be a click for nothing."""
    assert client.get("/api/pairs", params={"limit": len(PAIRS)}).json()["next"] is None


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"route": "other"}, {PAIRS[-1].id}),
        ({"behavior": "format"}, {PAIRS[-2].id}),
        ({"slice": "math"}, {PAIRS[-2].id}),
        ({"direction": "gained"}, {PAIRS[-2].id}),
        ({"since": "1000000100"}, {PAIRS[-2].id, PAIRS[-1].id}),
        ({"until": "2001-09-09T01:46:41Z"}, {PAIRS[0].id}),
        ({"behavior": "format", "direction": "lost"}, set()),
    ],
)
def test_filters(client: httpx.Client, query: dict[str, str], expected: set[str]) -> None:
    """Each filter of the contract, alone and together."""
    assert {found["id"] for found in client.get("/api/pairs", params=query).json()["pairs"]} == expected


def test_a_cursor_of_no_page_is_refused(client: httpx.Client) -> None:
    """A mangled link must not silently start from the beginning."""
    response = client.get("/api/pairs", params={"cursor": "nonsense"})
    assert (response.status_code, error_of(response)[1]) == (400, "invalid_cursor")


def test_ndjson_streams_whole_pairs_without_loss(client: httpx.Client) -> None:
    """An export over HTTP must equal what the store holds, byte for byte, also where a body is no text."""
    response = client.get("/api/pairs", headers={"accept": "application/x-ndjson"})
    found = [pair_of(msgspec.json.decode(line, type=PairDocument)) for line in response.content.splitlines()]
    assert response.headers["content-type"].startswith("application/x-ndjson")
    assert found == sorted(PAIRS, key=lambda p: -p.started)


def test_ndjson_of_nothing_is_empty(client: httpx.Client) -> None:
    """No match is an answer, not an error."""
    response = client.get("/api/pairs", params={"route": "none"}, headers={"accept": "application/x-ndjson"})
    assert (response.status_code, response.content) == (200, b"")


def test_one_pair(client: httpx.Client) -> None:
    """All of a pair comes back."""
    body = client.get(f"/api/pairs/{PAIRS[-1].id}").content
    assert pair_of(msgspec.json.decode(body, type=PairDocument)) == PAIRS[-1]


def test_an_unknown_pair_says_why_it_may_be_missing(client: httpx.Client) -> None:
    """Most pairs agree and are not kept; that must not look like a fault."""
    response = client.get("/api/pairs/nope")
    assert (response.status_code, error_of(response)[1]) == (404, "unknown_pair")


def test_unknown_paths_and_methods_have_openai_errors(client: httpx.Client) -> None:
    """One shape of error for every client, whatever went wrong."""
    missing, wrong = client.get("/api/nope"), client.delete("/api/routes")
    assert (missing.status_code, wrong.status_code) == (404, 405)
    assert "/api/routes" in error_of(missing)[0]
    assert error_of(wrong)
    assert "GET" in wrong.headers["allow"]


def test_a_body_over_the_limit_is_refused(client: httpx.Client) -> None:
    """With a declared length and without: the port must not be filled up."""
    big = b"#" * (MAX_BODY + 1)
    declared = client.post("/api/config/validate", content=big)
    chunked = client.post("/api/config/validate", content=iter([big[:1000], big[1000:]]))
    assert {declared.status_code, chunked.status_code} == {413}
    assert error_of(declared)[1] == "body_too_large"


def test_the_token_guards_all_but_probes_and_metrics(store: Store) -> None:
    """A port that other machines reach shows prompts of real users."""
    with served(a_desk(store, token="secret")) as url:
        statuses = {
            path: httpx.get(url + path).status_code for path in ("/livez", "/readyz", "/metrics", "/", "/api/pairs")
        }
        allowed = httpx.get(f"{url}/api/pairs", headers={"authorization": "Bearer secret"})
    assert statuses == {"/livez": 200, "/readyz": 200, "/metrics": 200, "/": 303, "/api/pairs": 401}
    assert allowed.status_code == 200


class StuckStore(Store):
    """A store whose database does not answer until it is let go."""

    def __init__(self, release: threading.Event, entered: threading.Event) -> None:
        self._release = release
        self._entered = entered

    def pair(self, pair_id: str) -> Pair | None:  # noqa: ARG002 -- whatever is asked for
        """Wait, as for a lock."""
        self._entered.set()
        assert self._release.wait(10)
        return None


def test_a_slow_database_delays_only_its_own_answer() -> None:
    """The probes must answer while the database hangs, or the process is killed for it."""
    release, entered = threading.Event(), threading.Event()
    with served(a_desk(StuckStore(release, entered))) as url, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(httpx.get, f"{url}/api/pairs/x")
        assert entered.wait(10)
        alive = httpx.get(f"{url}/livez")
        assert not waiting.done()
        release.set()
        assert (alive.status_code, waiting.result().status_code) == (200, 404)


class FailingStore(Store):
    """A store whose database goes away in the middle of an export."""

    def __init__(self) -> None:
        """Without a database."""

    def iterate(self, wanted: PairFilter = EVERYTHING) -> Iterator[Pair]:  # noqa: ARG002 -- whatever is asked for
        """Give some pairs, then fail."""
        yield from PAIRS[:50]
        raise UnavailableError("gone")


def test_an_export_that_fails_midway_does_not_look_complete() -> None:
    """A reader must see that its copy is not whole."""
    received: list[str] = []
    with (
        served(a_desk(FailingStore())) as url,
        httpx.stream("GET", f"{url}/api/pairs", headers={"accept": "application/x-ndjson"}) as response,
        pytest.raises(httpx.RemoteProtocolError),
    ):
        received.extend(response.iter_lines())
    assert 0 < len(received) <= 50


def test_a_broken_database_is_a_503(tmp_path: Path) -> None:
    """A client that sees 503 tries again; one that sees an empty list believes it."""
    store = filled(tmp_path, PAIRS[:1])
    connection = sqlite3.connect(tmp_path / "pairs.db")
    connection.execute("DROP TABLE pairs")
    connection.commit()
    connection.close()
    with served(a_desk(store)) as url:
        listed = httpx.get(f"{url}/api/pairs")
        exported = httpx.get(f"{url}/api/pairs", headers={"accept": "application/x-ndjson"})
    store.close()
    assert {listed.status_code, exported.status_code} == {503}
    assert error_of(listed)[1] == "store_unavailable"


def test_a_fault_of_ours_shows_no_detail(store: Store) -> None:
    """What went wrong inside belongs into the log, not to whoever asks."""

    def broken() -> Status:
        raise RuntimeError("the inner secret")

    with served(a_desk(store, status=broken)) as url:
        response = httpx.get(f"{url}/api/routes")
    assert response.status_code == 500
    assert "inner secret" not in response.text
    assert error_of(response)


def test_the_front_page_is_inert(store: Store) -> None:
    """Names come from upstreams and files; none of them may become markup or script."""
    hostile = dataclasses.replace(some_status().routes[0], student="<script>alert(1)</script>")
    with served(a_desk(store, status=lambda: some_status(hostile))) as url:
        response = httpx.get(f"{url}/")
    assert "<script>" not in response.text
    assert "&lt;script&gt;" in response.text
    assert response.status_code == 200
    assert "default-src 'none'" in response.headers["content-security-policy"]


def test_every_path_is_documented_and_every_documented_path_exists(store: Store) -> None:
    """Whoever writes a script reads the document, not the code."""
    document = (Path(__file__).parents[3] / "docs" / "api.md").read_text().partition("## Admin port")[2]
    served_paths = {route.path for route in admin_app(a_desk(store)).routes if isinstance(route, Route)}
    assert set(re.findall(r"^\| `(?:GET|POST) (/[^`]*)`", document, re.MULTILINE)) == served_paths
    parameters = "".join(re.findall(r"^\| (`[a-z`, ]+) \|", document.partition("### Pairs")[2], re.MULTILINE))
    assert set(re.findall(r"`(\w+)`", parameters)) == set(KNOWN)
