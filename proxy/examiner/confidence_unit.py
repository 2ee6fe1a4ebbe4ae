"""What a compared pair tells of the student's confidence: how sure it was, by every view, and whether it was right.

The student's log-probabilities are read here by the functions that judge its replies while they are served, and hard
rules are asked about them as they are then, so what is fitted to pairs holds for callers. It refuses to say which
divergence matters, which changes with an operator's charter, what is unproven, which changes with the gates, and to fit
anything. Pairs that fell back are many among the doubtful; ``sampling`` says which of them calibrate.
"""

from __future__ import annotations

from proxy.config.settings import Route
from proxy.examiner.sampling import Kind, Sample
from proxy.store.confidences import ConfidenceUnit
from proxy.wire.schemas import check_schema
from routing.confidence import hard_rules, objections, prompt, signal
from routing.confidence.spans import is_structured
from routing.confidence.views import rungs
from routing.divergence import Comparison
from routing.observation import Observation
from routing.traits import FormatKind


def unit_of(route: Route, sample: Sample, student: Observation, found: Comparison) -> ConfidenceUnit | None:
    """The unit of a pair; None where no calibration may rest on it. ``student`` is its side of what was compared."""
    traits, record = sample.traits, sample.record
    if traits is None or not sample.calibrates:
        return None
    views = rungs(route.fallback.hold.tokens)
    told, asked = student.logprobs, is_structured(traits)
    vectors = signal.vectors(told, views, structured=asked, finish=student.finish_reason) if told else {}
    return ConfidenceUnit(
        slice=sample.slice,
        endpoint=sample.endpoint,
        conversation=sample.conversation,
        started=record.started,
        stream=traits.stream,
        tools=bool(traits.tools),
        json=traits.format is not FormatKind.TEXT,
        diverged=tuple(f"{trial.behavior}.{trial.direction}" for trial in found.divergences),
        vectors=vectors,
        function=signal.FUNCTION,
        objections=objections.by_view(traits, student, views, check_schema, found.student) if vectors else {},
        rules=hard_rules.RULES,
        prompt=prompt.features(traits),
        prompt_function=prompt.FUNCTION,
        served=record.arm,
        fallback=record.fallback,
        confidence=None if sample.kind is Kind.REPEATED else record.confidence,  # it was another reply's
    )
