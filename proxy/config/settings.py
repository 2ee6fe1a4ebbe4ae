"""The configuration as frozen values: what every other room reads.

The annotations drive the parser, the generated JSON Schema and the documentation, so a setting is declared once, here.
Units are fixed: a ``Duration`` is seconds, a ``Size`` bytes, a ``Percent`` 0 to 100 with up to three decimals.
Python names are the YAML keys in snake case (``riskBudget`` is ``risk_budget``). This module refuses to read a file or
the environment: ``parse`` does the former, and secrets stay names of environment variables until they are used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from routing.traits import Json

Duration = Annotated[float, "duration"]
Size = Annotated[int, "size"]
Percent = Annotated[float, "percent"]
EnvName = Annotated[str, "environment variable"]
Url = Annotated[str, "url"]
Text = Annotated[str, "text"]
Count = Annotated[int, "count"]
Date = Annotated[str, "date"]

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Listen:
    """The data port."""

    host: str = "0.0.0.0"  # noqa: S104 -- services on other hosts call it; the admin port is the guarded one
    port: Count = 8080
    max_body: Size = 32 * MIB
    client_keys_env: EnvName | None = None
    header_timeout: Duration = 10.0
    body_timeout: Duration = 30.0
    keep_alive: Duration = 75.0
    max_header: Size = 64 * 1024
    drain: Duration = 30.0


@dataclass(frozen=True, slots=True)
class Admin:
    """The admin port: probes, metrics, API."""

    host: str = "127.0.0.1"
    port: Count = 9090
    token_env: EnvName | None = None


@dataclass(frozen=True, slots=True)
class Tracing:
    """Where spans go. ``sample`` is the share of requests traced."""

    otlp_endpoint: Url | None = None
    sample: Percent = 5.0


@dataclass(frozen=True, slots=True)
class Upstream:
    """A server we call. ``model`` None keeps the client's model name, and the body byte for byte."""

    base_url: Url
    model: str | None = None
    api_key_env: EnvName | None = None
    connect_timeout: Duration = 2.0
    first_token_timeout: Duration = 30.0
    stall_timeout: Duration = 20.0
    total_timeout: Duration = 600.0
    max_connections: Count = 512


@dataclass(frozen=True, slots=True)
class Mirror:
    """The shadow lane's share and bounds. ``tokens_per_hour`` 0 means no budget."""

    percentage: Percent = 100.0
    concurrency: Count = 32
    queue: Count = 1000
    queue_bytes: Size = 256 * MIB
    deadline: Duration = 120.0
    tokens_per_hour: Count = 0
    priority: int = 10
    slices: Mapping[str, Percent] = field(default_factory=dict)
    max_reply: Size = 4 * MIB
    max_waiting: Count = 8
    max_kv_cache: Percent = 90.0


@dataclass(frozen=True, slots=True)
class NoiseFloor:
    """How often the teacher is asked twice."""

    percentage: Percent = 5.0


@dataclass(frozen=True, slots=True)
class Audit:
    """How often the teacher is asked beside a serving student."""

    percentage: Percent = 2.0


@dataclass(frozen=True, slots=True)
class Sticky:
    """Which unit keeps its arm. In order: ``header:NAME``, ``body:FIELD``, ``api_key``, ``conversation``."""

    by: tuple[str, ...] = ("conversation",)
    salt: str | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """A wait in a rollout: for a duration, or (None) for an operator."""

    duration: Duration | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a rollout; exactly one of its keys is set."""

    set_weight: Percent | None = None
    set_mirror: Percent | None = None
    pause: Pause | None = None
    analysis: Mapping[str, Json] | None = None


@dataclass(frozen=True, slots=True)
class Rollout:
    """How traffic moves. ``ceiling`` is the operator's limit, for all slices or per slice with a ``default``."""

    ceiling: Mapping[str, Percent] = field(default_factory=lambda: {"default": 100.0})
    suspend: bool = False
    dry_run: bool = False
    interval: Duration = 30.0
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class OverNoise:
    """Thresholds on divergence in excess of the teacher's own, percentage points."""

    success_below: Percent = 1.0
    failure_above: Percent = 3.0


@dataclass(frozen=True, slots=True)
class GateRule:
    """A gate's thresholds and what follows. A behavior's own rule inherits what it leaves out from ``defaults``."""

    success_below: Percent | None = None
    failure_above: Percent | None = None
    over_noise: OverNoise | None = None
    on_failure: Literal["rollback", "pause", "warn"] | None = None
    on_insufficient: Literal["hold", "teacher"] | None = None
    critical: bool = False
    muted: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Waiver:
    """A documented trade: counted as absent once expired."""

    behavior: str
    reason: str
    owner: str
    expires: Date
    slice: str | None = None


@dataclass(frozen=True, slots=True)
class Gates:
    """What holds a rollout back."""

    confidence: Percent = 95.0
    risk_budget: Percent = 0.5
    defaults: GateRule = GateRule(3.0, 6.0, OverNoise(), "rollback", "hold")
    behaviors: Mapping[str, GateRule] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()


@dataclass(frozen=True, slots=True)
class Hold:
    """The bounded prefix of a student's stream that is held before it is committed."""

    tokens: Count = 24
    time: Duration = 0.4


@dataclass(frozen=True, slots=True)
class Fallback:
    """When a student's reply is replaced by the teacher's."""

    promise: Literal["selective", "marginal"] = "selective"
    target: Percent = 2.0
    confidence: Percent = 95.0
    hold: Hold = Hold()
    whole_turn: tuple[str, ...] = ("tools", "json")
    hedge_after: Duration | None = None
    teacher_concurrency: Count = 256


@dataclass(frozen=True, slots=True)
class Privacy:
    """What of a pair is kept, for how long, and how many of the agreeing ones."""

    store: Literal["full", "redacted", "digest"] = "full"
    retention: Duration = 30 * 86400.0
    max_bytes: Size = 10 * 1024 * MIB
    agreeing_sample: Percent = 5.0


@dataclass(frozen=True, slots=True)
class Route:
    """One configured rollout, chosen by the client's ``model``."""

    name: str
    models: tuple[str, ...]
    teacher: Upstream
    student: Upstream
    mirror: Mirror = Mirror()
    noise_floor: NoiseFloor = NoiseFloor()
    audit: Audit = Audit()
    sticky: Sticky = Sticky()
    rollout: Rollout = Rollout()
    gates: Gates = Gates()
    fallback: Fallback = Fallback()
    privacy: Privacy = Privacy()
    behaviors: tuple[Mapping[str, Json], ...] = ()


@dataclass(frozen=True, slots=True)
class Config:
    """A whole, valid configuration. ``routes`` keeps the file's order; ``hash`` is of the file's bytes."""

    routes: Mapping[str, Route]
    listen: Listen = Listen()
    admin: Admin = Admin()
    database: Url = "sqlite:///practicum.db"
    tracing: Tracing = Tracing()
    hash: str = ""

    def route_for(self, model: str) -> Route | None:
        """The route whose ``models`` name this model, else the one with "*", else None."""
        for route in self.routes.values():
            if model in route.models:
                return route
        return self.wildcard

    @property
    def wildcard(self) -> Route | None:
        """The route that takes models nobody named, if there is one."""
        return next((r for r in self.routes.values() if "*" in r.models), None)
