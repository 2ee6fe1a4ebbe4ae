"""The examiner as a whole, in this process: a worker's socket on one side, the admin port on the other."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from proxy.config.reload import Reloader
from proxy.examiner.app import Examiner
from proxy.handover import Frame, Hello, Settled, frame, frames
from proxy.store.entry import Entry
from proxy.store.store import Store
from routing.style import Manner, StyleDrift
from tests.end_to_end.judges import JUDGES
from tests.end_to_end.upstream import Upstream
from tests.proxy.examiner.records import record
from tests.proxy.store.samples import noisy

CONFIG = """
database: sqlite:///{folder}/pairs.db
routes:
  support:
    models: ["*"]
    teacher: {{base_url: "http://127.0.0.1:1/v1"}}
    student: {{base_url: "http://127.0.0.1:{port}/v1", model: small}}
    mirror: {{concurrency: {concurrency}}}
"""


@dataclass
class Running:
    path: Path
    admin: httpx.AsyncClient
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def settled(self) -> Frame | None:
        async for message in frames(self.reader):
            if isinstance(message, Settled):
                return message
        return None

    async def metrics(self) -> str:
        return (await self.admin.get("/metrics")).text

    async def outcome(self, name: str) -> float:
        for line in (await self.metrics()).splitlines():
            if line.startswith("practicum_mirror_pairs_total") and f'outcome="{name}"' in line:
                return float(line.split("#")[0].split()[-1])
        return 0


def run(folder: Path, test: Callable[[Running], Awaitable[None]], port: int = 1, concurrency: int = 4) -> None:
    async def main() -> None:
        path, handover = folder / "practicum.yaml", str(folder / "handover.sock")
        path.write_text(CONFIG.format(folder=folder, port=port, concurrency=concurrency))
        listening = socket.create_server(("127.0.0.1", 0))
        address = listening.getsockname()
        reloader = Reloader(path, interval=0.05)
        examiner = Examiner(reloader, handover, Store.open(reloader.config.database), {})
        running = asyncio.create_task(examiner.run(listening))
        try:
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{address[1]}") as admin:
                await admin.get("/livez")  # it listens at the handover before it serves
                reader, writer = await asyncio.open_unix_connection(handover)
                writer.write(frame(Hello("0", 1)))
                await test(Running(path, admin, reader, writer))
                writer.close()
        finally:
            examiner.stop()
            async with asyncio.timeout(20):
                await running

    asyncio.run(main())


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(10):
        while not await condition():  # noqa: ASYNC110 -- what it waits for shows on the admin port
            await asyncio.sleep(0.02)


def test_a_record_becomes_an_outcome_and_is_settled(tmp_path: Path) -> None:
    """From the socket to the metrics, with a student that is not there."""

    async def scenario(running: Running) -> None:
        running.writer.write(frame(record()))

        async def failed() -> bool:
            return await running.outcome("student_failed") == 1

        await until(failed)
        async with asyncio.timeout(5):
            assert await running.settled() == Settled(1)

    run(tmp_path, scenario)


def test_the_noise_floor_and_style_come_from_the_store(tmp_path: Path) -> None:
    """What other replicas saw, and what was seen before a restart, is on this page too."""

    async def scenario(running: Running) -> None:
        store = Store.open(f"sqlite:///{tmp_path}/pairs.db")
        store.write([Entry(noisy(), style=StyleDrift().add(Manner(60, 3, 0), Manner(20, 0, 0)))], "elsewhere")
        store.close()

        async def shown() -> bool:
            page = await running.metrics()
            return "practicum_style_unsure_ratio{" in page and "practicum_noise_rate{" in page

        await until(shown)
        assert (await running.admin.get("/api/routes/support")).json()["style"][0]["slice"] == "general"

    run(tmp_path, scenario)


def test_a_record_of_a_route_that_is_gone_is_settled_too(tmp_path: Path) -> None:
    """Workers reload a moment earlier or later than the examiner; nothing may stay open for ever."""

    async def scenario(running: Running) -> None:
        running.writer.write(frame(record(route="of_yesterday")))
        async with asyncio.timeout(5):
            assert await running.settled() == Settled(1)
        assert "of_yesterday" not in await running.metrics()

    run(tmp_path, scenario)


def test_it_adopts_a_changed_configuration(tmp_path: Path) -> None:
    """Without a restart, and the status shows it."""

    async def scenario(running: Running) -> None:
        before = (await running.admin.get("/api/routes")).json()["config_hash"]
        running.path.write_text(running.path.read_text().replace("small", "smaller"))

        async def adopted() -> bool:
            status = (await running.admin.get("/api/routes")).json()
            return status["config_hash"] != before and "smaller" in status["routes"][0]["student"]

        await until(adopted)

    run(tmp_path, scenario)


def test_a_route_that_is_removed_ends_in_good_order(tmp_path: Path) -> None:
    """What was queued for it is concluded and settled; nothing of it lingers."""
    silent = socket.create_server(("127.0.0.1", 0))

    async def scenario(running: Running) -> None:
        running.writer.write(frame(record()))

        async def under_way() -> bool:
            return 'practicum_mirror_inflight{route="support"} 1.0' in await running.metrics()

        await until(under_way)
        running.path.write_text(running.path.read_text().replace("  support:", "  sales:"))
        async with asyncio.timeout(10):
            assert await running.settled() == Settled(1)
        assert await running.outcome("cancelled") == 1

    try:
        run(tmp_path, scenario, port=silent.getsockname()[1])
    finally:
        silent.close()


def test_a_hung_student_delays_its_stop_by_no_more_than_the_drain(tmp_path: Path) -> None:
    """What it drops is counted as cancelled, which a deploy's log then shows."""
    silent = socket.create_server(("127.0.0.1", 0))  # accepts in the kernel, and never answers

    async def scenario(running: Running) -> None:
        running.writer.write(b"".join(frame(record(pair=f"p{n}")) for n in range(6)))

        async def under_way() -> bool:
            return "practicum_mirror_inflight{" in (page := await running.metrics()) and (
                'practicum_mirror_inflight{route="support"} 2.0' in page
            )

        await until(under_way)

    try:
        run(tmp_path, scenario, port=silent.getsockname()[1], concurrency=2)
    finally:
        silent.close()


def test_the_status_is_json_a_script_can_use(tmp_path: Path) -> None:
    """``practicum status --json`` is this document."""

    async def scenario(running: Running) -> None:
        status = json.loads((await running.admin.get("/api/routes")).content)
        assert status["routes"][0]["name"] == "support"
        assert status["store_ok"] is True
        assert (await running.admin.get("/readyz")).json() == {"ready": True, "reasons": []}

    run(tmp_path, scenario)


async def adopt(running: Running, behaviors: str) -> None:
    """Give the route these behaviors of its own, and wait until they are in force."""
    before = (await running.admin.get("/api/routes")).json()["config_hash"]
    kept = running.path.read_text().partition("    behaviors:")[0]
    running.path.write_text(f"{kept}    behaviors: {behaviors}\n")

    async def adopted() -> bool:
        return bool((await running.admin.get("/api/routes")).json()["config_hash"] != before)

    await until(adopted)


def test_an_operators_own_behaviors_come_and_go_with_the_configuration(tmp_path: Path) -> None:
    """For the pairs compared from then on; what was counted before stays counted."""

    async def scenario(running: Running) -> None:
        async def trials(name: str) -> int:
            lines = [
                x for x in (await running.metrics()).splitlines() if x.startswith("practicum_behavior_trials_total")
            ]
            return sum(
                int(float(x.split("#")[0].split()[-1])) for x in lines if f'behavior="{name}",direction="lost"' in x
            )

        for pair, name in (("0198c0ffe1", "has_number"), ("0198c0ffe2", "has_digit")):
            await adopt(running, f"[{{name: {name}, pattern: '[0-9]'}}]")
            running.writer.write(frame(record(pair=pair)))

            async def counted(name: str = name) -> bool:
                return await trials(name) == 1

            await until(counted)
        assert await trials("has_number") == 1

    with Upstream(JUDGES) as student:
        run(tmp_path, scenario, port=student.port)


def test_a_pair_whose_judge_hangs_is_kept_when_it_stops(tmp_path: Path) -> None:
    """Unjudged, but stored, counted and settled: a deploy must not wait for a judge, nor lose what is known."""

    async def scenario(running: Running) -> None:
        judge = f"{{base_url: '{upstream.url('silent')}', model: big, prompt: It is kind., timeout: 10m}}"
        await adopt(running, f"[{{name: kind, judge: {judge}}}]")
        running.writer.write(frame(record()))

        async def asked() -> bool:
            return upstream.in_progress == 1 and 'mirror_inflight{route="support"} 0' in await running.metrics()

        await until(asked)

    with Upstream(JUDGES) as upstream:
        run(tmp_path, scenario, port=upstream.port)
    store = Store.open(f"sqlite:///{tmp_path}/pairs.db")
    try:
        pair = store.pair("0198c0ffee")
    finally:
        store.close()
    assert pair is not None
    assert {label.rule for label in pair.teacher.labels if label.behavior == "kind"} == {"unjudged: cancelled"}


def test_an_open_page_of_the_console_does_not_hold_it_up(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Its stream never ends by itself: the server would wait for it, cancel it, and log a fault."""
    listening: list[asyncio.Task[None]] = []

    async def listen(url: httpx.URL, heard: asyncio.Event) -> None:
        async with httpx.AsyncClient(base_url=url) as browser, browser.stream("GET", "/events") as answer:
            async for _ in answer.aiter_lines():
                heard.set()

    async def test(running: Running) -> None:
        heard = asyncio.Event()
        listening.append(asyncio.create_task(listen(running.admin.base_url, heard)))
        await asyncio.wait_for(heard.wait(), 10)

    run(tmp_path, test)
    assert not [one for one in caplog.records if one.name == "uvicorn.error" and one.levelname == "ERROR"]
