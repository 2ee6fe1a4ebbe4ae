"""Settings that do more, or less, than they may seem to: whoever sets one is told, and nobody else."""

from __future__ import annotations

import pytest

from proxy.config.parse import parse

ROUTE = 'routes:\n  x: {models: ["*"], teacher: {base_url: http://t}, student: {base_url: http://s, model: m}}\n'


def warned(tracing: str) -> list[str]:
    """What the author of such a file is told."""
    return [str(w) for w in parse(f"{ROUTE}tracing: {{{tracing}}}\n", "t").warnings]


def test_nobody_is_warned_of_what_they_did_not_write() -> None:
    """A warning for a default teaches people to ignore warnings."""
    assert not parse(ROUTE, "t").warnings
    assert not warned("otlp_endpoint: http://collector:4318, sample: 1, content: false")


def test_whoever_shows_content_is_warned() -> None:
    """Traces are read by more people than pairs are."""
    (said,) = warned("otlp_endpoint: http://collector:4318, content: true")
    assert said == (
        "t:3: tracing.content: true shows prompts and replies to whoever reads the traces; "
        "keep it only where that is meant; privacy.store: redacted masks them"
    )


@pytest.mark.parametrize("setting", ["sample: 1", "protocol: grpc", "headers_env: H"])
def test_whoever_traces_to_nowhere_is_warned(setting: str) -> None:
    """A forgotten endpoint would look like a collector that lost everything."""
    key = setting.partition(":")[0]
    assert warned(setting) == [
        f"t:3: tracing.{key}: has no effect without tracing.otlp_endpoint; name a collector, or leave it out"
    ]


def test_what_counts_as_slow_is_for_logs_too() -> None:
    """So it has an effect without a collector."""
    assert not warned("slow: 5s")
