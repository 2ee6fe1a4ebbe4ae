"""What is written is what is read, on both databases."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor

import pytest

from proxy.store.entry import Entry
from proxy.store.errors import UnstorableError
from proxy.store.pair import Cell
from proxy.store.query import PairFilter, cursor
from proxy.store.store import PAGE, Store
from routing.divergence import Direction, Trial
from routing.style import Manner, StyleDrift
from tests.proxy.store.samples import AGREED, LOST, noisy, pair, refused, reply


def test_a_pair_is_read_as_it_was_written(store: Store) -> None:
    """Every field counts: operators look at them, and replay judges them again."""
    written = noisy()
    store.write([Entry(written)], "batch")
    assert store.pair(written.id) == written


def test_bodies_of_any_bytes_survive(store: Store) -> None:
    """A student may answer with anything; what it said must be there to look at."""
    written = pair(teacher=reply("\U0001f600 e\u0301", body=bytes(range(256)) * 50), request=b"\x00\xff\xfe")
    store.write([Entry(written)], "batch")
    assert store.pair(written.id) == written


def test_a_pair_without_noise_or_trials_survives(store: Store) -> None:
    """Most requests are no trial of anything."""
    written = pair(trials=())
    store.write([Entry(written)], "batch")
    assert store.pair(written.id) == written


def test_an_unknown_pair_is_none(store: Store) -> None:
    """Pairs are pruned and links to them stay, so this is no error."""
    assert store.pair("nowhere") is None


def test_cells_add_up_over_batches(store: Store) -> None:
    """Evidence merges by addition, so that replicas and restarts lose nothing."""
    store.write([Entry(pair(1)), Entry(noisy(2))], "one")
    store.write([Entry(pair(3, (Trial("refusal", Direction.LOST, diverged=False),)))], "two")
    assert store.cells("support") == (Cell("general", "refusal", "lost", 3, 2, 1, 0),)


def test_a_pair_that_is_no_evidence_is_kept_and_adds_to_no_cell(store: Store) -> None:
    """What fell back because the student was unsure would make it look worse than what is served."""
    store.write([Entry(pair(1, LOST), counts=False)], "batch")
    assert store.pair(pair(1).id) == pair(1, LOST)
    assert store.cells("support") == ()


def test_cells_are_of_one_route_and_in_order(store: Store) -> None:
    """A route's verdicts must not see another's evidence."""
    store.write([Entry(pair(1, AGREED + LOST, slice="math")), Entry(pair(2)), Entry(pair(3, route="other"))], "batch")
    assert [(c.slice, c.behavior, c.direction) for c in store.cells("support")] == [
        ("general", "refusal", "lost"),
        ("math", "format", "gained"),
        ("math", "format", "lost"),
        ("math", "refusal", "lost"),
    ]
    assert len(store.cells("other")) == 1
    assert store.cells("nobody") == ()


def test_a_pair_not_kept_still_counts(store: Store) -> None:
    """Agreeing pairs outside the sample are evidence too: without them every rate would be near one."""
    store.write([Entry(pair(1, AGREED), kept=False), Entry(pair(2, AGREED))], "batch")
    assert store.pair("pair-000001") is None
    assert store.cells("support")[0].trials == 2


def test_a_repeated_pair_counts_once(store: Store) -> None:
    """A record that comes twice is one observation, in one batch or in two."""
    store.write([Entry(pair(1)), Entry(pair(1))], "one")
    store.write([Entry(pair(1)), Entry(pair(2))], "two")
    assert store.cells("support") == (Cell("general", "refusal", "lost", 2, 2),)
    assert len(store.pairs(PairFilter())) == 2


def test_a_repeated_batch_counts_once(store: Store) -> None:
    """When a connection breaks after the commit, the writer repeats a batch that is there already."""
    batch = [Entry(pair(1, AGREED), kept=False)]
    store.write(batch, "same")
    store.write(batch, "same")
    assert [cell.trials for cell in store.cells("support")] == [1, 1]


def test_style_adds_up_over_batches_and_replicas(store: Store) -> None:
    """Each examiner adds what it saw; together they know what one would that had seen it all."""
    seen = [StyleDrift().add(Manner(40 + n, n % 3, 0), Manner(20 + n, 0, n % 2)) for n in range(4)]
    store.write([Entry(pair(1), style=seen[0]), Entry(pair(2), style=seen[1])], "one")
    store.write([Entry(pair(3), kept=False, style=seen[2]), Entry(pair(4, slice="math"), style=seen[3])], "two")
    found = store.styles("support")
    together = seen[0].merge(seen[1]).merge(seen[2])
    assert found.keys() == {"general", "math"}
    assert found["general"].sums() == pytest.approx(together.sums())
    assert found["general"].length.count == 3
    assert found["math"] == seen[3]
    assert store.styles("nobody") == {}


def test_a_repeated_pairs_style_counts_once(store: Store) -> None:
    """As its trials do: a batch repeated after a lost acknowledgment is no second observation."""
    batch = [Entry(pair(1), style=StyleDrift().add(Manner(40, 1, 0), Manner(20, 0, 0)))]
    store.write(batch, "one")
    store.write(batch, "one")
    store.write(batch, "two")
    assert store.styles("support")["general"] == batch[0].style


def test_a_language_we_cannot_judge_leaves_only_its_length(store: Store) -> None:
    """No hedges found is not none voiced."""
    store.write([Entry(pair(1), style=StyleDrift().add(Manner(40), Manner(20)))], "one")
    found = store.styles("support")["general"]
    assert (found.length.count, found.hedges.count) == (1, 0)


def test_an_empty_batch_is_nothing(store: Store) -> None:
    """An edge that must not be an error."""
    store.write([], "empty")
    assert store.pairs(PairFilter()) == []


def test_a_refused_batch_leaves_nothing(store: Store) -> None:
    """Half a batch would be counted again when its other half is retried."""
    with pytest.raises(UnstorableError):
        store.write([Entry(pair(1)), Entry(refused(2))], "batch")
    assert store.pairs(PairFilter()) == []
    assert store.cells("support") == ()


def test_whatever_upstreams_send_is_storable(store: Store) -> None:
    """NUL, lone surrogates, huge numbers, times that are none, endless names: PostgreSQL refuses all of them."""
    endless = "x" * 5000
    hostile = pair(
        route="support",
        conversation="a\x00b\ud800",
        teacher=reply("\x00\udfff", finish_reason=endless, prompt_tokens=10**30, total=float("nan"), first_token=None),
        student=reply(status=-(10**25), content_type="\x00", total=float("inf"), failure="\ud834"),
        trials=(Trial(endless, Direction.LOST, diverged=True, severity=float("nan")),),
    )
    store.write([Entry(hostile)], "batch")
    read = store.pair(hostile.id)
    assert read is not None
    assert read.teacher.text == "\ufffd\ufffd"
    assert read.conversation == "a\ufffdb\ufffd"
    assert read.teacher.prompt_tokens == 2**63 - 1
    assert read.trials[0].severity == 0


def test_pages_meet_without_gap_or_overlap(store: Store) -> None:
    """Also where many pairs start at the same moment, and while newer ones arrive."""
    store.write([Entry(pair(n, started=1e9 + n // 4)) for n in range(23)], "batch")
    pages, before = [], None
    while page := store.pairs(PairFilter(limit=5, before_cursor=before)):
        pages.append([found.id for found in page])
        before = cursor(page[-1])
        store.write([Entry(pair(1000 + len(pages)))], f"newer {len(pages)}")
    assert list(itertools.chain(*pages)) == [pair(n).id for n in reversed(range(23))]


def test_iterate_crosses_pages(store: Store) -> None:
    """An export sees every pair once, also when there are more than fit into one page."""
    count = PAGE + 3
    store.write([Entry(pair(n, ())) for n in range(count)], "batch")
    assert [p.id for p in store.iterate(PairFilter())] == [pair(n).id for n in reversed(range(count))]
    assert len(list(store.iterate(PairFilter(limit=PAGE + 1)))) == PAGE + 1
    assert list(store.iterate(PairFilter(limit=0))) == []


def test_threads_write_and_read_at_once(store: Store) -> None:
    """One writer and several readers share a store; nobody may see half a pair or an error."""
    written = [noisy(n) for n in range(60)]
    with ThreadPoolExecutor(4) as pool:
        writes = [pool.submit(store.write, [Entry(one)], one.id) for one in written]
        reads = [pool.submit(store.pairs, PairFilter()) for _ in range(30)]
        for write in writes:
            write.result()
        assert all(found in written for read in reads for found in read.result())
    assert len(store.pairs(PairFilter())) == len(written)


def test_size_grows_with_what_is_stored(store: Store) -> None:
    """An alarm on the disk needs a number that means something."""
    before = store.size()
    store.write([Entry(pair(request=bytes(n * n % 251 for n in range(10**6))))], "batch")
    store.write([Entry(pair(n, student=reply(str(n**2000)))) for n in range(2, 60)], "more")
    assert store.size() > before > 0
