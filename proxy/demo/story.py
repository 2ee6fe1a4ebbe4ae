"""The demonstration from beginning to end: set the stage, examine, let callers call, compare, say what came of it.

It prints for people: a live view on a terminal, plain lines elsewhere. It leaves nothing running and, unless its
reader can no longer ask the admin port, nothing on the disk.
"""

from __future__ import annotations

import asyncio
import shlex
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.text import Text

from proxy.cli.admin_api import AdminApi
from proxy.cli.refused import Refused
from proxy.cli.sources import ApiPairs
from proxy.cli.wanted import Wanted
from proxy.demo.checkpoints import ARMS, MODELS, parameters, require_extra
from proxy.demo.ending import commands, explaining, outcome, scored, show_ending
from proxy.demo.headline import Score, examine, questions
from proxy.demo.stage import MODEL, Stage, StageError, staged
from proxy.demo.telling import Telling
from proxy.demo.traffic import Traffic, call
from proxy.examiner.status import RouteStatus
from proxy.store.pair import Pair
from routing.observation import Arm

_INTRODUCTION = (
    "Two language models run here, on this machine's processor: a teacher of {teacher:,} parameters and a student of "
    "{student:,}. This project trained both, on conversations of a railway that it invented. The student was distilled "
    "from the teacher's replies after what looked like bad data had been scrubbed from the questions: unanswerable and "
    "unclear ones, doubts, unsafe requests, malformed input, failing tools."
)
_PRODUCTION = (
    "\nIn production the same file serves: {} with your models' URLs, and without the short times that it marks. "
    "docs/rollout.md goes on from there."
)
_SUITE = 300  # questions of the headline eval, and fewer where callers call for less than a minute
_SETTLE = 30.0  # seconds for the shadow lane to finish after the last call
_TICK = 0.5  # seconds between looks at the status
_ALL = Wanted(route=MODEL, behavior=None, slice=None, direction=None, since=None, until=None)


@dataclass(frozen=True, slots=True)
class Show:
    """What was asked for: for how many seconds callers call, and whether to serve on afterwards until Ctrl-C."""

    seconds: float
    stay: bool
    models: Path = MODELS

    @property
    def suite(self) -> int:
        """How many questions the headline eval asks: a short demonstration has a short one."""
        return min(_SUITE, round(self.seconds * _SUITE / 60))


async def play(console: Console, show: Show) -> int:
    """Play the whole story; the exit code. Raises ``Refused`` where it cannot be played, or nothing was compared."""
    require_extra()
    sizes = {arm.value: count for arm, count in parameters(show.models).items()}
    directory = Path(tempfile.mkdtemp(prefix="practicum-demo-"))
    kept = False
    try:
        console.print(Text(_INTRODUCTION.format_map(sizes)))
        with _signals_cancel():
            async with staged(directory, show.models) as stage:
                await _perform(console, show, stage)
        kept = not show.stay
    except (StageError, OSError) as exc:
        raise Refused(f"the demonstration cannot be played: {exc}") from exc
    finally:
        if not kept:
            shutil.rmtree(directory, ignore_errors=True)
    return 0


@contextmanager
def _signals_cancel() -> Iterator[None]:
    """SIGTERM and SIGHUP end the story as Ctrl-C does, with everything stopped."""
    loop, story = asyncio.get_running_loop(), asyncio.current_task()
    assert story is not None  # noqa: S101 -- we run in a task
    signals = (signal.SIGTERM, signal.SIGHUP)
    for number in signals:
        loop.add_signal_handler(number, story.cancel)
    try:
        yield
    finally:
        for number in signals:
            loop.remove_signal_handler(number)


async def _perform(console: Console, show: Show, stage: Stage) -> None:
    scores, traffic = await _headline(console, show.suite, stage), Traffic()
    await _traffic(console, show.seconds, stage, traffic)
    route, pairs = await _settled(stage, traffic)
    require_pairs(traffic, route, pairs)
    told = outcome(scores, traffic, route, pairs)
    show_ending(console, told)
    source = f"--admin {stage.admin}" if show.stay else f"--database {shlex.quote(stage.database)}"
    console.print("\nLook for yourself:")
    for command in (*commands(told.found, source), *(explaining(route, stage.admin) if show.stay else ())):
        console.print(Text(f"  {command}", "bold"), soft_wrap=True)
    console.print(Text(_PRODUCTION.format(stage.config)), soft_wrap=True)
    if show.stay:
        still = f"\nStill serving {stage.data}/v1 (model {MODEL}) and {stage.admin}/. Ctrl-C ends it."
        console.print(Text(still), soft_wrap=True)
        await _until_interrupted(stage)


async def _headline(console: Console, count: int, stage: Stage) -> Mapping[Arm, Score]:
    """Both arms' headline eval, run at the same time. Raises ``StageError`` where a question was not answered."""
    console.print(Text(f"\nThe headline eval: {count} questions of the kind that was kept, asked of both directly."))
    suite = questions(count)
    with console.status("  asking"):
        scores = await asyncio.gather(*(examine(stage.engines[arm], suite) for arm in ARMS))
    for arm, score in zip(ARMS, scores, strict=True):
        if score.failures:
            stage.require_running()
            raise StageError(f"the {arm}'s engine did not answer {len(score.failures)} questions: {score.failures[-1]}")
    by_arm = dict(zip(ARMS, scores, strict=True))
    console.print(Text(f"  {scored(by_arm)}", "bold"))
    return by_arm


def require_pairs(traffic: Traffic, route: RouteStatus, pairs: Sequence[Pair]) -> None:
    """Raise ``Refused`` where nothing was compared: tables without pairs would look like a perfect student."""
    if pairs and route.mirror.outcomes.get("compared"):
        return
    failure = f"; the last of {traffic.failed} failed calls: {traffic.last_failure}" if traffic.failed else ""
    outcomes = ", ".join(f"{name} {count}" for name, count in route.mirror.outcomes.items() if count) or "none"
    raise Refused(f"{traffic.calls} calls were made, but no pair was compared; outcomes: {outcomes}{failure}")


async def _until_interrupted(stage: Stage) -> None:
    """Return on Ctrl-C: here it is no failure but how the demonstration ends."""
    try:
        while True:
            stage.require_running()
            await asyncio.sleep(_TICK)
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None:
            task.uncancel()


async def _traffic(console: Console, seconds: float, stage: Stage, traffic: Traffic) -> None:
    """Let the callers call, telling how it goes. Raises ``StageError`` where a process falls in the middle of it."""
    console.print(Text(f"\nCallers ask what production asks, through Practicum, for {seconds:.0f} s."))
    calling = asyncio.create_task(call(stage.data, seconds, traffic))
    try:
        with Telling(console, seconds) as telling:
            while not calling.done():
                await asyncio.wait([calling], timeout=_TICK)
                stage.require_running()
                if (route := await _news(stage)) is not None:
                    telling.tell(traffic, route)
        await calling
    finally:
        calling.cancel()
        await asyncio.wait([calling])


async def _news(stage: Stage) -> RouteStatus | None:
    """The status while callers call. A port that fails now is heard of after the last call, when it matters."""
    try:
        return await asyncio.to_thread(_route, stage)
    except Refused:
        return None


async def _settled(stage: Stage, traffic: Traffic) -> tuple[RouteStatus, list[Pair]]:
    """The route's status and all pairs, once every served call has its outcome, and cells and gates know all of them.

    After ``_SETTLE`` seconds they are told as they are.
    """
    deadline = asyncio.get_running_loop().time() + _SETTLE
    await _until(stage, deadline, lambda route: _concluded(route, traffic.served[Arm.TEACHER]))
    pairs = await asyncio.to_thread(_pairs, stage)
    found = sum(trial.diverged for pair in pairs for trial in pair.trials)
    # The cells are read from the store now and then, and so is the evidence: both may be a moment behind.
    route = await _until(stage, deadline, lambda route: _known(route, found))
    return route, pairs


async def _until(stage: Stage, deadline: float, holds: Callable[[RouteStatus], bool]) -> RouteStatus:
    while True:
        stage.require_running()
        route = await asyncio.to_thread(_route, stage)
        if holds(route) or asyncio.get_running_loop().time() > deadline:
            return route
        await asyncio.sleep(0.2)


def _concluded(route: RouteStatus, served: int) -> bool:
    """Whether all calls that the teacher served have come to the mirror, and each has its outcome."""
    return served <= route.mirror.sampled == sum(route.mirror.outcomes.values())


def _known(route: RouteStatus, diverged: int) -> bool:
    """Whether the cells hold so many divergences, and the rollout has looked at all that was compared."""
    looked = sum(found.conversations for found in route.slices)
    return diverged == sum(cell.diverged for cell in route.cells) and looked == route.mirror.outcomes.get("compared")


def _route(stage: Stage) -> RouteStatus:
    with AdminApi(stage.admin, {}) as api:
        return api.decode(api.get(f"/api/routes/{MODEL}"), RouteStatus)


def _pairs(stage: Stage) -> list[Pair]:
    """All pairs, the oldest first."""
    with AdminApi(stage.admin, {}) as api:
        return list(ApiPairs(api).pairs(_ALL, None))[::-1]
