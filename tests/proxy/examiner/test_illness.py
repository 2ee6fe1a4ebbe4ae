"""What workers are told of a student that is ill, from its lane's circuit on."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from proxy.config.settings import Fallback
from proxy.examiner.illness import ill
from routing.assignment import BUCKETS
from routing.circuit import THRESHOLD, Circuit, State
from tests.proxy.examiner.bench import Bench, run


def test_workers_are_told_how_much_a_student_may_be_given() -> None:
    """Nothing while its circuit is open, all of it while it is well, and ever more in between."""

    async def scenario() -> None:
        bench, now = Bench(), asyncio.get_running_loop().time()
        assert ill([bench.lane]) == {}
        bench.offer(THRESHOLD, fallback="connect")
        assert ill([bench.lane]) == {"support": 0}
        bench.lane._mirrored.circuit = Circuit(State.CLOSED, since=now - 15)
        (share,) = ill([bench.lane]).values()
        assert share >= BUCKETS / 4
        bench.lane._mirrored.circuit = Circuit(State.CLOSED, since=now - 60)
        assert ill([bench.lane]) == {}
        bench.lane.adopt(replace(bench.lane.route, fallback=Fallback(return_over=3600)))
        assert ill([bench.lane]) != {}

    run(scenario)
