"""What callers feel: how many requests come, how many fail, how long they take, and what of that is ours."""

from __future__ import annotations

from dashboards.panels import Board, Color, Form, Panel, Query, Row, Word
from dashboards.promql import metric, quantile, rate, share, whole

_FAILED = "~upstream_error|truncated|rejected"
_ANSWERED = rate("route", metric("request_duration_seconds_count"))  # every request of a route, and none of their dots
_NOBODYS = rate("route", metric("requests_total", route="none"))


def _times(name: str, by: str, legend: str, *shares: float) -> tuple[Query, ...]:
    """One line for each share. All are of the same buckets, so that one of them alone is asked for their dots."""
    buckets = metric(f"{name}_bucket")
    return tuple(
        Query(quantile(share_, by, buckets), f"{legend} p{100 * share_:g}", exemplars=share_ == shares[-1])
        for share_ in shares
    )


def _mean_first_token(arm: str) -> str:
    total, count = (metric(f"first_token_seconds_{part}", arm=arm) for part in ("sum", "count"))
    return share(rate("route, stream", total), rate("route, stream", count))


RATE = Panel(
    number=1,
    title="How many requests come, and who answers them?",
    description="By route and arm. A fall to nothing with traffic at the load balancer: is the pod ready "
    "(`/readyz`)? The student's share should follow its weight; does it not, *Fallback and confidence* says why.",
    unit="reqps",
    queries=(Query(rate("route, arm", metric("requests_total")), "{{route}} {{arm}}"),),
    form=Form.STACKED,
)
FAILING = Panel(
    number=2,
    title="Which share of requests fails?",
    description="Upstreams that gave no reply or 5xx, replies that broke off, and what this proxy refused. "
    "`upstream_error` of the arm teacher: its server, and not this proxy. `rejected`: too large, malformed, or "
    "the teacher has no room. A dot is one of them, and leads to its trace.",
    unit="percentunit",
    queries=(
        Query(
            f"{rate('route, arm, outcome', metric('requests_total', outcome=_FAILED))} / on (route) group_left () "
            f"(({_ANSWERED} or {_NOBODYS}) > 0)",
            "{{route}} {{arm}} {{outcome}}",
            exemplars=True,
        ),
    ),
    least=0,
    nothing="nothing fails",
)
FIRST_TOKEN = Panel(
    number=3,
    title="How long until the first token?",
    description="From a request's head to the first byte of its reply. The student should be below the "
    "teacher, or there is no point in it. Does it rise with *requests waiting in the student*, the student is too "
    "small.",
    unit="s",
    queries=_times("first_token_seconds", "route, arm", "{{route}} {{arm}}", 0.5, 0.95),
)
BETWEEN = Panel(
    number=4,
    title="How long between two tokens?",
    description="Of streams. A rise at an arm: its server's batches grow. A rise at both: the network, or "
    "this proxy; look at overhead.",
    unit="s",
    queries=_times("inter_token_seconds", "route, arm", "{{route}} {{arm}}", 0.5, 0.95),
)
DURATION = Panel(
    number=5,
    title="How long does a whole reply take?",
    description="To the last byte. Longer replies take longer: compare with the tokens in *Cost* before you "
    "look for a fault.",
    unit="s",
    queries=_times("request_duration_seconds", "route, arm", "{{route}} {{arm}}", 0.5, 0.95),
)
OVERHEAD = Panel(
    number=6,
    title="How much of it is this proxy's?",
    description="Time in the proxy less time waiting for an upstream. Above 10 ms: are the CPUs full, or are "
    "clients slow to read (back-pressure counts)? More workers: `--workers`.",
    unit="s",
    queries=_times("overhead_seconds", "route, arm", "{{route}} {{arm}}", 0.5, 0.99),
    colors=(Color(None, "green"), Color(0.025, "red")),
)
SPREAD = Panel(
    number=7,
    title="How is the time to the first token spread?",
    description="Two bands are two kinds of requests, or two arms; one that climbs is a queue. Choose one "
    "route to read it.",
    unit="s",
    queries=(
        Query(
            f"sum by (le) (increase({metric('first_token_seconds_bucket')}[$__rate_interval]))",
            "{{le}}",
            exemplars=True,
        ),
    ),
    form=Form.HEAT,
)
CALLS = Panel(
    number=8,
    title="How do calls of upstreams end?",
    description="All calls but those that ended well, shadow work included. `connect` and `reset`: the server "
    "is down. Timeouts: it is slow, or the limits under `teacher` and `student` are too tight. `cancelled` is our "
    "own doing.",
    unit="ops",
    queries=(
        Query(
            rate("route, arm, purpose, outcome", metric("upstream_attempts_total", outcome="!ok")),
            "{{route}} {{arm}} {{purpose}} {{outcome}}",
        ),
    ),
    nothing="every call ends well",
)
IN_FLIGHT = Panel(
    number=9,
    title="How many requests are being served?",
    description="Over all workers of an instance. A climb without more traffic: an upstream hangs; look at "
    "*How do calls of upstreams end?*.",
    unit="short",
    queries=(Query(f"sum by (instance) ({whole('requests_in_flight')})", "{{instance}}"),),
    width=8,
)
WORKERS = Panel(
    number=10,
    title="How many workers are there, and how many judge by another configuration?",
    description="Fewer than were started: one crashes again and again, see the log. Skewed for more than "
    "seconds: a worker could not take the configuration; restart the instance.",
    unit="short",
    queries=(
        Query(f"sum by (instance) ({whole('workers_connected')})", "{{instance}} workers"),
        Query(f"sum by (instance) ({whole('config_skewed_workers')})", "{{instance}} skewed"),
    ),
    width=8,
)
RELOADED = Panel(
    number=11,
    title="Is the configuration on disk the one in force?",
    description="No: the file was refused, and the last good one stays. `practicum check FILE` says what is "
    "wrong with it, line by line.",
    unit="none",
    queries=(Query(f"min by (instance) ({whole('config_last_reload_successful')})", "{{instance}}", now=True),),
    form=Form.STAT,
    words=(Word(0, "no, it was refused", "red"), Word(1, "yes", "green")),
    width=8,
)
LOADED = Panel(
    number=12,
    title="When was it loaded, and which is it?",
    description="Two hashes for long: an instance did not get the new file. Hold the time against the moment "
    "at which something changed.",
    unit="dateTimeAsIso",
    queries=(
        Query(
            f"1000 * max by (instance) ({whole('config_last_reload_timestamp_seconds')}) "
            f"* on (instance) group_right () max by (instance, hash) ({whole('config_info')})",
            "{{instance}} {{hash}}",
            now=True,
        ),
    ),
    form=Form.STAT,
)
UNASSIGNED = Panel(
    number=13,
    title="How many requests are kept from the student, for nothing says whose they are?",
    description="Nothing that `sticky.by` names is in them. Name what your callers do send, or end the list "
    "with `conversation`.",
    unit="reqps",
    queries=(Query(rate("route", metric("unbucketable_total")), "{{route}}"),),
    nothing="none",
)
SOONER = Panel(
    number=14,
    title="How much sooner is the student's first token, in the mean?",
    description="The teacher's mean time to the first token over the student's; above 1 the student is "
    "sooner. Under 1 a rollout makes callers wait: give the student more room, or hold less (`fallback.hold`).",
    unit="short",
    queries=(
        Query(
            f"({_mean_first_token('teacher')}) / ({_mean_first_token('student')})",
            "{{route}} stream={{stream}}",
        ),
    ),
    nothing="the student serves nobody",
)

TRAFFIC = Board(
    uid="practicum-traffic",
    title="Traffic and latency",
    description="What callers feel, arm against arm.",
    rows=(
        Row("Who is served, and how well?", (RATE, FAILING)),
        Row("How long do they wait?", (FIRST_TOKEN, SOONER, BETWEEN, DURATION, OVERHEAD, SPREAD)),
        Row("What lies behind it?", (CALLS, UNASSIGNED, IN_FLIGHT, WORKERS, RELOADED, LOADED)),
    ),
)
