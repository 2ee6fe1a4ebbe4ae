"""The configuration as frozen values: what every other room reads.

The annotations drive the parser, the generated JSON Schema and the documentation, so a setting is declared once, here.
A hint names the kind of value and its unit (``hints``); an ``Attributes`` section is what an editor shows beside a key.
Python names are the YAML keys in snake case (``riskBudget`` is ``risk_budget``). This module refuses to read a file or
the environment: ``parse`` does the former, and secrets stay names of environment variables until they are used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from proxy.config.hints import (
    Count,
    DatabaseUrl,
    Derived,
    Duration,
    EnvName,
    Percent,
    Port,
    Positive,
    RouteName,
    Size,
    SliceName,
    StickySource,
    Text,
    Timeout,
    Url,
)
from proxy.config.moving import Gates, Rollout
from proxy.config.own import OwnBehavior
from proxy.config.prices import Prices
from proxy.config.slice_rules import SliceRule

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Listen:
    """The data port.

    Attributes:
        host: The address to listen on.
        port: The port to listen on; 0 takes a free one.
        max_body: The largest request body; a larger one is refused with status 413.
        client_keys_env: The environment variable that holds the keys clients must present, separated by commas. Without
            it, any client is served.
        header_timeout: How long a client may take to send a request's headers.
        body_timeout: How long a client may pause while it sends a body.
        keep_alive: How long an idle client connection stays open.
        max_header: The largest block of request headers.
        drain: How long requests in flight may take to finish after a stop was asked for.
    """

    host: Text = "0.0.0.0"  # noqa: S104 -- services on other hosts call it; the admin port is the guarded one
    port: Port = 8080
    max_body: Size = 32 * MIB
    client_keys_env: EnvName | None = None
    header_timeout: Timeout = 10.0
    body_timeout: Timeout = 30.0
    keep_alive: Timeout = 75.0
    max_header: Size = 64 * 1024
    drain: Duration = 30.0


@dataclass(frozen=True, slots=True)
class Admin:
    """The admin port: probes, metrics, API.

    Attributes:
        host: The address to listen on; beyond loopback, a token is required.
        port: The port to listen on; 0 takes a free one.
        token_env: The environment variable that holds the bearer token of the API.
    """

    host: Text = "127.0.0.1"
    port: Port = 9090
    token_env: EnvName | None = None


@dataclass(frozen=True, slots=True)
class Tracing:
    """Where spans go.

    Attributes:
        otlp_endpoint: The OTLP collector; without one, nothing is traced.
        protocol: How it is spoken to; auto is gRPC on port 4317 and HTTP on any other.
        headers_env: The environment variable that holds headers for it, name=value, separated by commas.
        sample: The share of requests traced, of those whose caller does not say by its traceparent.
        slow: A first byte that takes longer makes a request worth a trace, and a line of the log, in any case.
        content: Show prompts and replies on spans, as far as the route's privacy lets them be stored.
    """

    otlp_endpoint: Url | None = None
    protocol: Literal["auto", "http", "grpc"] = "auto"
    headers_env: EnvName | None = None
    sample: Percent = 5.0
    slow: Timeout = 30.0
    content: bool = False


@dataclass(frozen=True, slots=True)
class Log:
    """What is logged, and how.

    Attributes:
        format: Lines of JSON, or text; auto is text where stderr is a terminal, and JSON elsewhere.
        requests: The share of requests with a line of their own, of those that went well; all others have one.
    """

    format: Literal["auto", "json", "text"] = "auto"
    requests: Percent = 5.0


@dataclass(frozen=True, slots=True)
class Upstream:
    """A server we call.

    Attributes:
        base_url: Where its API starts, usually ending in /v1.
        model: The model name it is sent. A teacher without one is sent the client's, and the body byte for byte.
        api_key_env: The environment variable that holds its API key. Without it, a
            teacher is sent the client's own, if clients need no key of ours.
        connect_timeout: How long a connection may take to open.
        first_token_timeout: How long a stream may take to its first byte. A unary reply is bounded by total_timeout.
        stall_timeout: How long a stream may fall silent.
        total_timeout: How long a call may take in all.
        max_connections: How many connections may be open at once.
        http_client: What calls it, our own HTTP client (own) or aiohttp.
    """

    base_url: Url
    model: Text | None = None
    api_key_env: EnvName | None = None
    connect_timeout: Timeout = 2.0
    first_token_timeout: Timeout = 30.0
    stall_timeout: Timeout = 20.0
    total_timeout: Timeout = 600.0
    max_connections: Positive = 512
    http_client: Literal["own", "aiohttp"] = "own"

    def __hash__(self) -> int:
        """Of what tells servers apart, and not of every number: a pool is looked up for each request."""
        return hash((self.base_url, self.model, self.api_key_env))


@dataclass(frozen=True, slots=True)
class Mirror:
    """The shadow lane's share and bounds.

    Attributes:
        percentage: The share of requests copied to the student.
        concurrency: How many copies may be under way at once.
        queue: How many copies may wait; more are shed.
        queue_bytes: How many bytes the waiting copies may hold; more are shed.
        deadline: How old a copy may be when its comparison ends; an older one expires.
        tokens_per_hour: How many tokens copies may cost in an hour; 0 sets no budget.
        priority: The priority a copy is sent with; vLLM serves lower numbers first.
        slices: Shares that differ by slice.
        max_reply: How much of a reply is kept for comparison.
        max_waiting: Pause while the student has more requests waiting than this.
        max_kv_cache: Pause while more of the student's KV cache than this is in use.
    """

    percentage: Percent = 100.0
    concurrency: Positive = 32
    queue: Positive = 1000
    queue_bytes: Size = 256 * MIB
    deadline: Timeout = 120.0
    tokens_per_hour: Count = 0
    priority: int = 10
    slices: Mapping[SliceName, Percent] = field(default_factory=dict)
    max_reply: Size = 4 * MIB
    max_waiting: Count = 8
    max_kv_cache: Percent = 90.0


@dataclass(frozen=True, slots=True)
class NoiseFloor:
    """How often the teacher is asked twice, to know how much it differs from itself.

    Attributes:
        percentage: The share of mirrored requests that the teacher answers a second time.
    """

    percentage: Percent = 5.0


@dataclass(frozen=True, slots=True)
class Audit:
    """How often the teacher is asked beside a serving student.

    Attributes:
        percentage: The share of requests served by the student that the teacher answers too.
        required_above: A weight above this needs evidence on conversations that the student served.
    """

    percentage: Percent = 2.0
    required_above: Percent = 25.0


@dataclass(frozen=True, slots=True)
class Sticky:
    """Which unit keeps its arm.

    Attributes:
        by: Where the unit is looked for, in order: header:NAME, body:FIELD, api_key, conversation.
        salt: What sets this route's assignment apart from another's; the route's name unless given.
    """

    by: tuple[StickySource, ...] = ("conversation",)
    salt: Text | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """The bounded prefix of a student's stream that is held before it is committed.

    Attributes:
        tokens: At most this many tokens; 0 holds nothing, and streams are served by the hard rules alone.
        time: At most this long, from its first byte on.
        bytes: How much of a reply may be held back; a longer one falls back.
    """

    tokens: Count = 24
    time: Duration = 0.4
    bytes: Size = 8 * MIB


@dataclass(frozen=True, slots=True)
class Fallback:
    """When a student's reply is replaced by the teacher's.

    Attributes:
        promise: What the target is a share of, the student's answers (selective) or all requests (marginal); none
            promises nothing, and the student is served by the hard rules alone.
        target: The share that may diverge.
        confidence: How sure the promise is.
        hold: The prefix of a stream that is held back while it is judged.
        whole_turn: The requests whose reply is held back whole.
        hedge_after: Start the teacher as well after this long; never unless given.
        teacher_concurrency: How many requests the teacher may be answering in the student's place at once; more are
            told to come again.
        teacher_unavailable: What a caller gets where the teacher fails in the student's place, an error or the
            student's reply that was not sure enough.
        return_over: How long a student that was ill takes to get all of its share back.
    """

    promise: Literal["selective", "marginal", "none"] = "selective"
    target: Percent = 2.0
    confidence: Percent = 95.0
    hold: Hold = Hold()
    whole_turn: tuple[Literal["tools", "json"], ...] = ("tools", "json")
    hedge_after: Duration | None = None
    teacher_concurrency: Positive = 256
    teacher_unavailable: Literal["error", "serve_student"] = "error"
    return_over: Duration = 60.0


@dataclass(frozen=True, slots=True)
class Privacy:
    """What of a pair is kept, for how long, and how many of the agreeing ones.

    Attributes:
        store: Payloads as they are, with personal data masked, or only their digests.
        retention: How long a pair is kept.
        max_bytes: How much room the pairs of the route may take; the oldest go first.
        agreeing_sample: The share of pairs without a divergence that is kept; pairs with one are all kept.
    """

    store: Literal["full", "redacted", "digest"] = "full"
    retention: Duration = 30 * 86400.0
    max_bytes: Size = 10 * 1024 * MIB
    agreeing_sample: Percent = 5.0


@dataclass(frozen=True, slots=True)
class Route:
    """One configured rollout, chosen by the client's model.

    Attributes:
        models: The model names clients ask for; "*" takes every name no other route has.
        teacher: The trusted model.
        student: The candidate model.
        mirror: The shadow lane.
        noise_floor: How often the teacher is compared with itself.
        audit: How often a serving student is checked against the teacher.
        sticky: Who keeps their arm.
        rollout: How traffic moves.
        gates: What holds it back.
        fallback: When the teacher steps in for the student.
        privacy: What is kept.
        behaviors: Behaviors of the operator's own.
        slices: Rules that put requests into a slice; the first that holds decides.
        prices: What tokens cost.
    """

    name: Derived
    models: tuple[Text, ...]
    teacher: Upstream
    student: Upstream
    mirror: Mirror = Mirror()
    noise_floor: NoiseFloor = NoiseFloor()
    audit: Audit = Audit()
    sticky: Sticky = Sticky()
    rollout: Rollout = field(default_factory=Rollout)
    gates: Gates = field(default_factory=Gates)
    fallback: Fallback = Fallback()
    privacy: Privacy = Privacy()
    behaviors: tuple[OwnBehavior, ...] = ()
    slices: tuple[SliceRule, ...] = ()
    prices: Prices = field(default_factory=Prices)


@dataclass(frozen=True, slots=True)
class Config:
    """The whole configuration.

    Its routes keep the file's order; its hash is of the file's bytes.

    Attributes:
        routes: The rollouts, by name.
        listen: The data port.
        admin: The admin port.
        database: Where pairs and evidence are kept, an SQLite file or a PostgreSQL server.
        tracing: Where spans go.
        log: What is logged, and how.
    """

    routes: Mapping[RouteName, Route]
    listen: Listen = Listen()
    admin: Admin = Admin()
    database: DatabaseUrl = field(default="sqlite:///practicum.db", repr=False)  # it may carry a password
    tracing: Tracing = Tracing()
    log: Log = Log()
    hash: Derived = ""

    _by_model: Annotated[Mapping[str, Route], "derived"] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the routes: a request costs no more where there are thousands of them."""
        by_model: dict[str, Route] = {}
        for route in self.routes.values():
            for model in route.models:
                by_model.setdefault(model, route)
        object.__setattr__(self, "_by_model", {**self.routes, **by_model})

    def route_for(self, model: str) -> Route | None:
        """The route whose ``models`` name this model, else the route of that name, else the one with "*", else None."""
        return self._by_model.get(model) or self.wildcard

    @property
    def wildcard(self) -> Route | None:
        """The route that takes models nobody named, if there is one."""
        return self._by_model.get("*")
