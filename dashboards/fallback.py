"""Reply by reply: how sure the student was, when the teacher stepped in, what was promised, and what was kept."""

from __future__ import annotations

from dashboards.panels import Board, Color, Form, Panel, Query, Row, Word
from dashboards.promql import gauge, metric, quantile, rate, share

_VIEW = "route, slice, view"
_NAME = "{{route}} {{slice}} {{view}}"


def _of(name: str, **labels: str) -> str:
    return metric(name, slice="~$slice", **labels)


_ALL = rate("route", metric("request_duration_seconds_count"))  # every request, and none of their dots
_FELL = rate("route", metric("fallbacks_total"))
_REJECTED = rate("route", metric("requests_total", outcome="rejected"))

REASONS = Panel(
    number=1,
    title="Why does the teacher answer in the student's place?",
    description="`unsure`, `lost_behavior`: as promised. `uncertified`: no threshold yet, see below. "
    "`student_ill`, `connect`, timeouts, `overloaded`: its server. `malformed`, `degenerate`: the model. "
    "docs/api.md has them all.",
    unit="reqps",
    queries=(Query(rate("route, reason", metric("fallbacks_total")), "{{route}} {{reason}}", exemplars=True),),
    form=Form.STACKED,
    nothing="it never does",
)
SHARE = Panel(
    number=2,
    title="Which share of the student's requests falls back?",
    description="Of those that were the student's by weight. Each costs a call of both. Above a half the "
    "weight is hardly worth its cost: the student is not sure enough of this traffic.",
    unit="percentunit",
    queries=(
        Query(f"{_FELL} / ({_FELL} + {rate('route', metric('requests_total', arm='student'))} > 0)", "{{route}}"),
    ),
    least=0,
    most=1,
    nothing="it never does",
)
HELD = Panel(
    number=3,
    title="How long are callers kept waiting while a reply is judged?",
    description="From the student's first byte until its reply was begun or withdrawn. Near "
    "`fallback.hold.time` for streams: lower it, or `fallback.hold.tokens`. Whole turns (tools, JSON) are held to "
    "their end.",
    unit="s",
    queries=tuple(
        Query(quantile(part, "route", metric("held_seconds_bucket")), f"{{{{route}}}} p{100 * part:g}", exemplars=dots)
        for part, dots in ((0.5, False), (0.95, True))
    ),
    nothing="nothing is held",
)
SPREAD = Panel(
    number=4,
    title="How sure is the student, and from where on is it served?",
    description="Deciles of its confidence and the certified threshold of whole replies. Is the median below "
    "the threshold, most falls back. Drops the median from one day to the next, the traffic or the student "
    "changed.",
    unit="percentunit",
    queries=(
        *(
            Query(
                quantile(part, "route, slice", _of("confidence_bucket")), f"{{{{route}}}} {{{{slice}}}} p{100 * part:g}"
            )
            for part in (0.1, 0.5, 0.9)
        ),
        Query(gauge("route, slice", _of("confidence_threshold", view="whole")), "{{route}} {{slice}} threshold"),
    ),
    least=0,
    most=1,
    nothing="no reply was judged yet",
)
DISTRIBUTION = Panel(
    number=5,
    title="How is its confidence spread?",
    description="All judged replies, by how sure the student was. Two humps are good: it knows what it does "
    "not know. One hump in the middle tells the threshold nothing.",
    unit="percentunit",
    queries=(Query(f"sum by (le) (increase({_of('confidence_bucket')}[$__rate_interval]))", "{{le}}"),),
    form=Form.HEAT,
    nothing="no reply was judged yet",
)
THRESHOLD = Panel(
    number=6,
    title="From which confidence on is a reply served?",
    description="By how much of it is judged: whole, or its first tokens. No line: none is certified, and "
    "nothing is served that has to be judged so; `practicum confidence ROUTE` says what is missing.",
    unit="percentunit",
    queries=(Query(gauge(_VIEW, _of("confidence_threshold")), _NAME),),
    nothing="none is certified",
    most=1,
)
COVERAGE = Panel(
    number=7,
    title="Which share of its replies is sure enough?",
    description="On conversations that thresholds are certified on; 0 where none is. Low: the promise "
    "(`fallback.target`) is strict for this student, or it does not know what it knows.",
    unit="percentunit",
    queries=(Query(gauge(_VIEW, _of("confidence_coverage_ratio")), _NAME),),
    least=0,
    most=1,
)
OFF = Panel(
    number=8,
    title="How far is its confidence off?",
    description="Expected calibration error, and Brier's score, on conversations it was not fitted to. Above "
    "0.1 for long: the student or the traffic changed since; a new calibration comes by itself, and thresholds "
    "hold meanwhile only for what was.",
    unit="percentunit",
    queries=(
        Query(gauge(_VIEW, _of("confidence_ece")), f"{_NAME} off by"),
        Query(gauge(_VIEW, _of("confidence_brier")), f"{_NAME} Brier"),
    ),
    least=0,
)
PROMISE = Panel(
    number=9,
    title="Is the promise kept?",
    description="What diverged of what the student served, as audits found it, with bounds that hold at every "
    "moment, against what is promised. *At least* above the promise: broken; the runbook's promise-broken. *At "
    "most* above it: too few audits to tell; raise `audit.percentage`.",
    unit="percentunit",
    queries=(
        Query(gauge("route", metric("promise_target_ratio")), "{{route}} promised"),
        Query(gauge("route, slice", _of("served_divergence_ratio")), "{{route}} {{slice}} found"),
        Query(gauge("route, slice", _of("served_divergence_lower_ratio")), "{{route}} {{slice}} at least"),
        Query(gauge("route, slice", _of("served_divergence_upper_ratio")), "{{route}} {{slice}} at most"),
    ),
    least=0,
    nothing="nothing is promised",
)
UNITS = Panel(
    number=10,
    title="On how many conversations does a threshold rest?",
    description="The half that is not used for fitting. Does it not grow: nothing of this slice is compared, "
    "see *Shadow lane*.",
    unit="short",
    queries=(Query(gauge(_VIEW, _of("confidence_units")), _NAME),),
    width=8,
)
VERSION = Panel(
    number=11,
    title="Which calibration is in force?",
    description="It counts up with each new one. 0: none, and nothing is served that has to be judged. Does "
    "it never count up while conversations come, the log says why it could not be fitted.",
    unit="none",
    queries=(Query(gauge("route", metric("calibration_version")), "{{route}}"),),
    form=Form.STAT,
    width=8,
)
HOPELESS = Panel(
    number=12,
    title="Are hopeless requests told from their prompt?",
    description="Yes: requests whose reply would hardly be acceptable go to the teacher at once, and cost one "
    "call instead of two. No: it takes some thousand pairs to prove itself; nothing is to be done.",
    unit="none",
    queries=(Query(gauge("route, slice", _of("prompt_estimate_active")), "{{route}} {{slice}}", now=True),),
    form=Form.STAT,
    words=(Word(0, "not yet", "text"), Word(1, "yes", "green")),
    width=8,
)
BUSY = Panel(
    number=13,
    title="How often has the teacher no room to step in?",
    description="Rejected requests among all, where the teacher already answers "
    "`fallback.teacher_concurrency` of them. Raise it if the teacher can bear it; else lower the student's "
    "weight, for it falls back too often.",
    unit="percentunit",
    queries=(
        Query(
            share(f"({_REJECTED} or 0 * {_ALL})", _ALL),
            "{{route}}",
            exemplars=True,
        ),
    ),
    least=0,
    colors=(Color(None, "green"), Color(0.01, "red")),
    nothing="it always has",
)

FALLBACK = Board(
    uid="practicum-fallback",
    title="Fallback and confidence",
    description="Reply by reply: how sure the student was, when the teacher stepped in, what was promised, "
    "and what was kept.",
    chosen=(("slice", "practicum_weight_percent"),),
    rows=(
        Row("Is the promise kept?", (PROMISE, SHARE, REASONS, HELD, BUSY)),
        Row("How sure is the student?", (SPREAD, DISTRIBUTION, THRESHOLD, COVERAGE, OFF, UNITS, VERSION, HOPELESS)),
    ),
)
