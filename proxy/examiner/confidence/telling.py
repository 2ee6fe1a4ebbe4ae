"""What people and dashboards are told of a route's confidence: a finding as the status' frozen values, and as gauges.

Bounds cost a search each, so this is worked out once for a finding and not at every question. It judges nothing anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from proxy.examiner.confidence.certifying import Judged, Served
from proxy.examiner.confidence.follower import Finding
from proxy.examiner.status import (
    ConfidenceStatus,
    RouteStatus,
    SliceConfidence,
    SliceStatus,
    Tried,
    ViewConfidence,
    Weights,
)
from proxy.telemetry import catalog as metric
from proxy.telemetry.catalog import Metric
from proxy.telemetry.tally import Key
from routing.confidence.threshold import Promise
from routing.confidence.views import View, label
from routing.evidence import rates

_NOT_YET = "no confidence threshold is certified yet"


def status(found: Finding, confidence: float) -> ConfidenceStatus:
    """All that is to be said of a route; ``confidence`` is how sure the promise is, in percent."""
    terms, made = found.terms, found.made
    names = sorted({*found.certified.views, *found.certified.served, *found.unproven})
    return ConfidenceStatus(
        promise=terms.promise or "none",
        target=terms.limit,
        confidence=confidence,
        version=made.version if made else 0,
        made=made.made if made else 0.0,
        units=found.units,
        fitted=found.fitted,
        due=found.due,
        silent=tuple(sorted(found.silent)),
        slices=tuple(_slice(found, name, confidence) for name in names),
    )


def summary(whole: ConfidenceStatus) -> ConfidenceStatus:
    """The same without the diagrams, which are for a page of their own."""
    slices = (replace(one, views=tuple(replace(v, diagram=(), tried=()) for v in one.views)) for one in whole.slices)
    return replace(whole, slices=tuple(slices))


def uncertified(found: Finding, name: str) -> str:
    """Why nothing of a slice may be served, in words; "" where something may."""
    if found.serves(name):
        return ""
    if found.version is None:
        return f"{_NOT_YET}: {found.fitted} of {found.due} conversations to calibrate on"
    if found.certifies(name):
        return "a gate has come to another verdict, so other replies are turned down: it is being certified anew"
    views = found.certified.views.get(name, {})
    if not views:
        return f"{_NOT_YET}: nothing of this slice has been compared since"
    return min((_lacks(one, found.terms.promise) for one in views.values()), key=lambda lack: lack[0])[1]


def told(route: RouteStatus, found: Finding | None, whole: ConfidenceStatus | None) -> RouteStatus:
    """A route's status, with what confidence has to say to its weights: what is in force, not what was reached."""
    if found is None:
        slices = tuple(_withheld(one, "its confidence has not been looked at yet") for one in route.slices)
    else:
        slices = tuple(_withheld(one, uncertified(found, one.slice)) for one in route.slices)
    effective = max((one.weights.effective for one in slices), default=0.0)
    weights = replace(route.weights, effective=min(route.weights.effective, effective))
    return replace(route, slices=slices, weights=weights, confidence=whole and summary(whole))


def confidence_gauges(route: str, told: ConfidenceStatus | None) -> Iterator[tuple[Key, float]]:
    """The gauges of a route; what is not known has no series, and is never 0."""
    if told is None:
        return
    if told.promise != "none":
        yield _gauge(metric.PROMISE, told.target, route)
        yield _gauge(metric.CALIBRATION, told.version, route)
    for one in told.slices:
        yield from _gauges(route, one)


def _gauges(route: str, one: SliceConfidence) -> Iterator[tuple[Key, float]]:
    if one.rate is not None and one.upper is not None and one.lower is not None:
        yield _gauge(metric.SERVED_DIVERGENCE, one.rate, route, one.slice)
        yield _gauge(metric.SERVED_DIVERGENCE_LOWER, one.lower, route, one.slice)
        yield _gauge(metric.SERVED_DIVERGENCE_UPPER, one.upper, route, one.slice)
    if one.views:
        yield _gauge(metric.PROMPT_ESTIMATE, one.prompt, route, one.slice)
    for view in one.views:
        labels = (route, one.slice, view.view)
        yield _gauge(metric.CONFIDENCE_UNITS, view.of, *labels)
        if view.threshold is not None:
            yield _gauge(metric.CONFIDENCE_THRESHOLD, view.threshold, *labels)
        yield _gauge(metric.CONFIDENCE_COVERAGE, view.answers / view.of if view.threshold is not None else 0.0, *labels)
        if view.brier is not None and view.ece is not None:
            yield _gauge(metric.CONFIDENCE_BRIER, view.brier, *labels)
            yield _gauge(metric.CONFIDENCE_ECE, view.ece, *labels)


def _slice(found: Finding, name: str, confidence: float) -> SliceConfidence:
    served = found.certified.served.get(name, Served())
    trials = served.trials(of_all=found.terms.promise is Promise.MARGINAL)
    known = trials.count > 0
    alpha = max(1e-5, 1.0 - confidence / 100)
    return SliceConfidence(
        slice=name,
        views=tuple(_views(found.certified.views.get(name, {}))),
        served=served.answers,
        diverged=served.diverged,
        fell_back=served.fell_back,
        rate=trials.diverged / trials.count if known else None,
        upper=rates.upper(trials, alpha) if known else None,
        unproven=found.unproven.get(name, ()),
        prompt=found.version is not None and name in found.version.prompts,
        uncertified=uncertified(found, name),
        lower=rates.lower(trials, alpha) if known else None,
    )


def _views(views: Mapping[View, Judged]) -> Iterable[ViewConfidence]:
    for view, one in views.items():
        certificate, counts = one.certificate, one.counts
        tried = bool(counts.thresholds)
        first = (counts.answers[0], counts.diverged[0]) if tried else (0, 0)
        answers, diverged = (certificate.answers, certificate.diverged) if certificate else first
        yield ViewConfidence(
            view=label(view),
            threshold=certificate.threshold if certificate else None,
            answers=answers,
            diverged=diverged,
            of=counts.of,
            needed=one.outlook.needed if one.outlook else None,
            fitted=one.fitted.calibration.units,
            own=not one.fitted.pooled,
            brier=one.brier,
            ece=one.error,
            diagram=one.diagram,
            tried=tuple(map(Tried, counts.thresholds, counts.answers, counts.diverged)),
        )


def _lacks(one: Judged, promise: Promise | None) -> tuple[float, str]:
    """What a first threshold lacks: how many answers, to find the view that lacks the least, and the words."""
    if one.outlook is None or promise is None:
        return float("inf"), f"{_NOT_YET}: the student gave no log-probabilities here"
    bearing = one.counts.trials(0, promise)
    which = "answers that sure" if promise is Promise.SELECTIVE else "answers"
    diverged = f" ({bearing.diverged} of them diverged)" if bearing.diverged else ""
    if one.outlook.needed is None:
        return float("inf"), f"{_NOT_YET}: {bearing.diverged} of {bearing.count} {which} diverged"
    least = bearing.count + one.outlook.needed
    return one.outlook.needed, f"{_NOT_YET}: {bearing.count} of at least {least} {which}{diverged}"


def _withheld(one: SliceStatus, why: str) -> SliceStatus:
    """A slice as it is served, where confidence withholds what its rollout has reached."""
    if not why or not one.weights.effective:
        return one
    weights: Weights = replace(one.weights, effective=0.0)
    return replace(one, weights=weights, limit=why)


def _gauge(of: Metric, value: float, *labels: str) -> tuple[Key, float]:
    return (of.name, labels), float(value)
