"""Where each route stands, how it got there, and what it would take to go on."""

from __future__ import annotations

from dashboards.panels import CONSOLE, Board, Form, Link, Panel, Query, Row, Word
from dashboards.promql import gauge, metric, rate

VERDICTS = (Word(-1, "✗ fail", "red"), Word(0, "… hold", "text"), Word(1, "✓ pass", "green"))
_KINDS = ("ceiling", "step", "earned", "effective")
_CELL = "route, slice, behavior"
_VERDICT = gauge(_CELL, metric("gate_verdict", slice="~$slice"))
_ACTS = gauge(_CELL, metric("gate_acts", slice="~$slice"))


def _weight(kind: str, slice_: str = "~$slice") -> str:
    return gauge("route, slice", metric("weight_percent", slice=slice_, kind=kind))


PHASE = Panel(
    number=1,
    title="Which phase is each route in?",
    description="shadow, canary, paused, promoted or rolled_back. Rolled back: read the reason with "
    "`practicum status ROUTE`, open the failed gate below, and read its pairs before `practicum retry`. Paused: "
    "somebody, or a gate, stopped it.",
    unit="none",
    queries=(Query(f"{gauge('route, phase', metric('phase_info'))} == 1", "{{route}}: {{phase}}", now=True),),
    form=Form.NAMES,
    height=5,
)
SERVED = Panel(
    number=2,
    title="How much does the student serve, at the most?",
    description="The effective weight of the slice that is served most. A fall that nobody asked for: look "
    "for the same moment in *When did verdicts change?*, and at the student's circuit in *Shadow lane*.",
    unit="percent",
    queries=(Query(_weight("effective", "default"), "{{route}}"),),
    form=Form.STAT,
    height=5,
    least=0,
    most=100,
)
WEIGHTS = Panel(
    number=3,
    title="What is each slice served from the student?",
    description="Effective weights; a slice that falls alone lost its evidence or a behavior, all of them "
    "together the route. *What limits each slice?* says what to move; `practicum status ROUTE` says it in words.",
    unit="percent",
    queries=(Query(_weight("effective"), "{{route}} {{slice}}"),),
    least=0,
    most=100,
)
LIMITS = Panel(
    number=4,
    title="What limits each slice?",
    description="The least of the first three is what it can be served. Ceiling: the operator's (`practicum "
    "set-weight`). Step: the rollout's. Earned: what the evidence allows. Is served less than the least of them, it "
    "was taken back, or no confidence threshold is certified: see *Fallback and confidence*.",
    unit="percent",
    queries=tuple(Query(_weight(kind), kind) for kind in _KINDS),
    form=Form.TABLE,
    columns={
        f"Value #{ref}": kind for ref, kind in zip("ABCD", ("ceiling", "step", "earned", "is served"), strict=True)
    },
)
MATRIX = Panel(
    number=5,
    title="What do the gates say, slice by behavior?",
    description="✓ pass, … hold (not enough evidence), ✗ fail. A failed gate that acts rolls back, pauses or "
    "warns, as configured. Open the row in *Which gates fail?* for its pairs; is the trade wanted, document it "
    "with a waiver.",
    unit="none",
    queries=(Query(f'label_join({_VERDICT}, "cell", " / ", "route", "slice")', now=True),),
    form=Form.MATRIX,
    width=24,
    height=9,
    words=VERDICTS,
    cells=("cell", "behavior"),
)
CHANGES = Panel(
    number=6,
    title="When did verdicts change?",
    description="A band for each gate that is not in dry run, muted or waived. A gate that flips between hold "
    "and pass is at its limit: it needs evidence, not a change. One that turned to fail did so on a pair; open it "
    "from the table beside.",
    unit="none",
    queries=(Query(f"{_VERDICT} and {_ACTS} == 1", "{{route}} {{slice}} {{behavior}}"),),
    form=Form.STATES,
    height=11,
    words=VERDICTS,
)
FAILED = Panel(
    number=7,
    title="Which gates fail, and do they act?",
    description="Every row is a behavior that the student lost or gained beyond its limit. Follow the link to "
    "the gate's page: counts, bounds and the pairs. Acts 0: muted, a dry run, or waived, so nobody is woken.",
    unit="none",
    queries=(Query(f"{_VERDICT} == -1", now=True), Query(f"{_ACTS} and {_VERDICT} == -1", now=True)),
    form=Form.TABLE,
    columns={"Value #A": "verdict", "Value #B": "acts"},
    links=(Link("the gate, and its pairs", CONSOLE),),
    height=11,
    nothing="no gate fails",
)
NEEDED = Panel(
    number=8,
    title="How many more conversations without a divergence does each gate need?",
    description="A gate that holds and has no bar is helped by no number: its rate lies between its limits, "
    "so raise the limit, document a waiver, or train. Does a bar not shrink, nothing in this slice is compared: "
    "look at the panel beside.",
    unit="short",
    queries=(
        Query(
            f"topk(20, {gauge(_CELL, metric('gate_needed_conversations', slice='~$slice'))})",
            "{{route}} {{slice}} {{behavior}}",
        ),
    ),
    nothing="every gate has what it needs, or no number would do",
)
EVIDENCE = Panel(
    number=9,
    title="Is evidence coming in?",
    description="Compared requests on which some behavior could diverge, by slice. Nothing: is anything "
    "sampled, and does it end as `compared`? *Shadow lane* says where it ends instead.",
    unit="reqps",
    queries=(Query(rate("route, slice", metric("behavior_trials_total", slice="~$slice")), "{{route}} {{slice}}"),),
)
WEBHOOKS = Panel(
    number=10,
    title="What do the rollout's webhooks answer?",
    description="`no`, `timeout` and `unreachable` hold a raise up, and never a rollback. Ask the server that "
    "is named in the log; `dropped` means that more happened than could be told.",
    unit="ops",
    queries=(Query(rate("route, type, outcome", metric("webhooks_total")), "{{route}} {{type}} {{outcome}}"),),
    nothing="no webhook was called",
)

ROLLOUT = Board(
    uid="practicum-rollout",
    title="Rollout",
    description="Where each route stands, how it got there, and what it would take to go on.",
    chosen=(("slice", "practicum_weight_percent"),),
    rows=(
        Row("Where does it stand?", (PHASE, SERVED, WEIGHTS, LIMITS)),
        Row("Why?", (MATRIX, CHANGES, FAILED)),
        Row("What would it take to go on?", (NEEDED, EVIDENCE, WEBHOOKS)),
    ),
)
