"""How a scenario is measured: in rounds, in which every arm has its turn, while the machine is left alone.

Before every round the machine must be quiet for a second, and before every arm for a moment, so that what an arm leaves
to do (an examiner at work on its queue) is not counted against the next. What others disturbed is measured again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks.installing import NotHereError
from benchmarks.machine import DISTURBED, LoadedError, Watch, await_settled, require_quiet
from benchmarks.native import NativeError
from benchmarks.peers import PEERS, PRACTICUM, Peer
from benchmarks.samples import Sample, Samples
from benchmarks.stage import Arm, Stage

_TRIES = 4
_SETTLED = 0.3  # seconds of quiet before an arm's turn
Figures = Mapping[str, float]


@dataclass(slots=True)
class Bench:
    """One run: what is wanted, what runs, what was measured and what could not be."""

    stage: Stage
    rounds: int
    wanted: Sequence[str]
    say: Callable[[str], None]
    patience: float = 0.0  # seconds to wait for quiet; 0: measure even if the machine is loaded
    samples: Samples = field(default_factory=Samples)
    absent: dict[str, str] = field(default_factory=dict)
    loads: list[float] = field(default_factory=list)  # cores that others used during each measurement
    _started: dict[str, Arm] = field(default_factory=dict)

    def peers(self, *, slow: bool = True) -> list[Peer]:
        """Practicum and the peers that are wanted and can be had."""
        chosen = [peer for peer in PEERS if peer.name in self.wanted and (slow or not peer.slow)]
        return [peer for peer in (*chosen, PRACTICUM) if self._can_be_had(peer)]

    def arms(self, *, plain: bool, mirrored: bool, slow: bool = True) -> list[Arm]:
        """The arms of these kinds, started where they were not yet."""
        found = [self._arm(peer, mirror=False) for peer in self.peers(slow=slow) if plain]
        found += [self._arm(peer, mirror=True) for peer in self.peers(slow=slow) if mirrored and peer.mirrors]
        return [arm for arm in found if arm is not None]

    def interleave(
        self, scenario: str, arms: Sequence[Arm], measure: Callable[[Arm], Figures], *, rounds: int = 0
    ) -> None:
        """Measure every arm once a round, beginning with another one each time."""
        for number in self.numbered(rounds or self.rounds):
            begin = number % len(arms)
            for arm in (*arms[begin:], *arms[:begin]):
                self.take(scenario, arm.name, number, lambda arm=arm: measure(arm))  # type: ignore[misc]

    def few(self) -> Iterator[int]:
        """Rounds of what takes long."""
        yield from self.numbered(self.fewer)

    @property
    def fewer(self) -> int:
        """Three where others have seven."""
        return max(1, (self.rounds + 1) * 3 // 8)

    def numbered(self, rounds: int) -> Iterator[int]:
        """Rounds, each begun on a quiet machine."""
        for number in range(rounds):
            self.quiet()
            yield number

    def take(self, scenario: str, arm: str, number: int, measure: Callable[[], Figures]) -> None:
        """Measure once, and again where others disturbed it."""
        for _ in range(_TRIES):
            self.quiet(_SETTLED)
            watch = Watch()
            try:
                figures = measure()
            except NativeError as failed:
                self.absent[f"{arm} in {scenario}"] = str(failed)
                self.say(f"{scenario} {arm}: {failed}")
                return
            others = watch.others()
            self.say(f"{scenario} {number} {arm}: {_brief(figures)}; others used {others:.2f} cores")
            if others <= DISTURBED or not self.patience:
                self.loads.append(others)
                self.samples.taken.append(Sample(scenario, arm, number, figures))
                return
        raise LoadedError(f"Others used {others:.2f} cores during {_TRIES} tries at {arm}; at most {DISTURBED} may be.")

    def quiet(self, window: float = 1.0) -> None:
        """Wait for quiet: everybody's, or only ours where figures of a loaded machine are wanted."""
        if self.patience:
            require_quiet(window, patience=self.patience)
        else:
            await_settled(window)

    def without(self, peer: Peer, why: NotHereError) -> None:
        """Go on without a peer, and say so."""
        self.absent[peer.name] = str(why)
        self.say(f"WITHOUT {peer.name}: {why}")

    def _can_be_had(self, peer: Peer) -> bool:
        if peer.name in self.absent:
            return False
        try:
            peer.version()
        except NotHereError as why:
            self.without(peer, why)
            return False
        return True

    def _arm(self, peer: Peer, *, mirror: bool) -> Arm | None:
        name = f"{peer.name}+m" if mirror else peer.name
        if name not in self._started:
            try:
                self._started[name] = self.stage.enter(peer, mirror=mirror)
            except NotHereError as why:
                self.without(peer, why)
                return None
        return self._started[name]


def _brief(figures: Figures) -> str:
    return ", ".join(f"{name} {value:.4g}" for name, value in figures.items())
