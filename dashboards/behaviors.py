"""What the student does that its teacher does not, and the reverse: rates with their bounds, noise, manner, pairs."""

from __future__ import annotations

from dashboards.panels import CONSOLE, Board, Color, Form, Link, Panel, Query, Row, Word
from dashboards.promql import gauge, grown, metric, rate, share

_CELL = "route, slice, behavior"
_WAYS = f"{_CELL}, direction"
_NAME = "{{slice}} {{behavior}}"


def _of(name: str, **labels: str) -> str:
    return metric(name, slice="~$slice", behavior="~$behavior", **labels)


def _bounds(direction: str) -> tuple[Query, ...]:
    told = (
        ("divergence_rate_upper", "at most"),
        ("divergence_rate_lower", "at least"),
        ("noise_rate", "the teacher itself"),
    )
    return tuple(Query(gauge(_CELL, _of(name, direction=direction)), f"{_NAME}, {word}") for name, word in told)


LOST = Panel(
    number=1,
    title="How often does the student lose what its teacher shows?",
    description="Bounds that hold at every moment, as a share of conversations, over what the teacher does to "
    "itself. *At least* above the teacher's own: the behavior is lost; read its pairs below. A wide gap: too few "
    "conversations, wait or sample more.",
    unit="percentunit",
    queries=_bounds("lost"),
    least=0,
)
GAINED = Panel(
    number=2,
    title="How often does the student show what its teacher does not?",
    description="The same in the other direction: refusals, hedges or claims that the teacher did not make. "
    "Read the pairs before you call it a fault: a gained clarification may be wanted, and then a waiver documents "
    "it.",
    unit="percentunit",
    queries=_bounds("gained"),
    least=0,
)
NOW = Panel(
    number=3,
    title="What diverges now? Each dot is a pair",
    description="Divergences among the requests compared in this moment, not bounded: it jumps. A step at a "
    "deployment of the student is what to look for. A click on a dot "
    "leads to its pair and to its trace; `practicum pair ID` takes its `pair_id`.",
    unit="percentunit",
    queries=(
        Query(
            share(rate(_WAYS, _of("divergences_total")), rate(_WAYS, _of("behavior_trials_total"))),
            f"{_NAME} {{{{direction}}}}",
            exemplars=True,
        ),
    ),
    least=0,
)
NOISE = Panel(
    number=4,
    title="How often does the teacher diverge from itself?",
    description="What no student can be asked to do better. A rise means that the teacher changed, or its "
    "temperature: ask who runs it, and mind that verdicts over the noise floor move with it.",
    unit="percentunit",
    queries=(Query(gauge(_WAYS, _of("noise_rate")), f"{_NAME} {{{{direction}}}}"),),
    least=0,
)
PAIRS = Panel(
    number=5,
    title="Which pairs should be read first?",
    description="The gates with the most divergences in the chosen time. Follow the link: the newest pairs of "
    "a gate, both replies side by side. `practicum pairs ROUTE --behavior B --slice S` lists the same.",
    unit="short",
    queries=(Query(f"topk(20, {grown(_WAYS, _of('divergences_total'))} > 0)", now=True),),
    form=Form.TABLE,
    width=24,
    columns={"Value": "divergences", "Value #A": "divergences"},
    links=(Link("the gate, and its pairs", CONSOLE),),
    nothing="nothing diverged",
)


def _manner(name: str) -> tuple[Query, ...]:
    return (Query(gauge("route, slice, arm", metric(name, slice="~$slice")), "{{slice}} {{arm}}"),)


_TRAIN = "No gate acts on manner. Does the student's line part from its teacher's, look at what it was trained on."
LENGTH = Panel(
    number=6,
    title="How long are the student's replies beside its teacher's?",
    description=f"Words for each word of the teacher's, over all pairs. Under 0.9 it is curt. {_TRAIN}",
    unit="percentunit",
    queries=(Query(gauge("route, slice", metric("style_length_ratio", slice="~$slice")), "{{slice}}"),),
    colors=(Color(None, "red"), Color(0.9, "green")),
    width=6,
)
HEDGES = Panel(
    number=7,
    title="Does it hedge as its teacher does?",
    description="Hedges for each hundred words. A student without hedges sounds sure of what it does not "
    f"know. {_TRAIN}",
    unit="short",
    queries=_manner("style_hedges_per_hundred_words"),
    width=6,
)
CORRECTIONS = Panel(
    number=8,
    title="Does it correct itself as its teacher does?",
    description=f"Self-corrections for each reply. {_TRAIN}",
    unit="short",
    queries=_manner("style_self_corrections"),
    width=6,
)
UNSURE = Panel(
    number=9,
    title="Does it voice doubt as its teacher does?",
    description=f"The share of replies that say that something is uncertain. {_TRAIN}",
    unit="percentunit",
    queries=_manner("style_unsure_ratio"),
    width=6,
)
ALARM = Panel(
    number=10,
    title="Is it shorter and surer than its teacher, beyond doubt?",
    description="The drift that no answer's correctness shows. On alarm: `practicum status ROUTE` has the "
    "bounds; read ten pairs of this slice, and hold the rollout with `practicum pause ROUTE` if you agree with "
    "it.",
    unit="none",
    queries=(Query(gauge("route, slice", metric("style_alarm", slice="~$slice")), "{{route}} {{slice}}", now=True),),
    form=Form.STAT,
    words=(Word(0, "no", "green"), Word(1, "yes", "red")),
)
JUDGES = Panel(
    number=11,
    title="Do the judges of own behaviors answer?",
    description="Pairs whose question ended in anything but `ok` stay unjudged and are no evidence. `budget` "
    "or `busy`: raise `judge.budget_per_hour` or `judge.concurrency`. `invalid`: the judge does not keep to the "
    "schema.",
    unit="ops",
    queries=(Query(rate("route, behavior, outcome", metric("judgments_total")), "{{route}} {{behavior}} {{outcome}}"),),
    nothing="no behavior of your own has a judge",
)

BEHAVIORS = Board(
    uid="practicum-behaviors",
    title="Behaviors",
    description="What the student does that its teacher does not, and the reverse.",
    chosen=(("slice", "practicum_gate_verdict"), ("behavior", "practicum_gate_verdict")),
    rows=(
        Row("Does it behave?", (LOST, GAINED, NOW, NOISE, PAIRS)),
        Row("Does it speak as its teacher does?", (LENGTH, HEDGES, CORRECTIONS, UNSURE, ALARM, JUDGES)),
    ),
)
