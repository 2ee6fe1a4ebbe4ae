"""How busy the student says it is."""

from __future__ import annotations

import asyncio
import dataclasses

import pytest

from proxy.examiner.student_load import Load, metrics_target, poll, read_load
from proxy.upstreams import Upstreams
from tests.end_to_end.behaviors import BEHAVIORS
from tests.end_to_end.upstream import Upstream
from tests.proxy.examiner.records import STUDENT

VLLM = b"""# HELP vllm:num_requests_waiting Number of requests waiting to be processed.
# TYPE vllm:num_requests_waiting gauge
vllm:num_requests_waiting{engine="0",model_name="student"} 3.0
vllm:num_requests_waiting{engine="1",model_name="student"} 4.0
vllm:num_requests_waiting_by_reason{engine="0",model_name="student",reason="capacity"} 3.0
vllm:kv_cache_usage_perc{engine="0",model_name="student"} 0.25
vllm:kv_cache_usage_perc{engine="1",model_name="student"} 0.75
"""


@pytest.mark.parametrize(
    ("page", "load"),
    [
        (VLLM, Load(7.0, 0.75)),
        (b"vllm:num_requests_waiting 0.0\nvllm:gpu_cache_usage_perc 1e-3\n", Load(0.0, 0.001)),
        (b"up 1\n", Load()),
        (b"", Load()),
        (b"\xff\xfe vllm:num_requests_waiting", Load()),
    ],
)
def test_engines_queues_add_up_and_the_fullest_cache_counts(page: bytes, load: Load) -> None:
    """The first page has the names and labels of vLLM 0.32, a namesake that must not count among them."""
    assert read_load(page) == load


def test_the_metrics_are_beside_the_version_of_the_api() -> None:
    """``/v1`` is where the API is; vLLM's metrics are at the root."""
    for base_url in ("http://student:8000/v1", "http://student:8000/v1/"):
        target = metrics_target(dataclasses.replace(STUDENT, base_url=base_url))
        assert target.base_url == "http://student:8000"


@pytest.mark.parametrize("behavior", ["status:404", "reset", "refused"])
def test_a_student_without_metrics_is_not_known_to_be_busy(behavior: str) -> None:
    """Not every student is a vLLM; those that are not must be mirrored to all the same."""

    async def ask(base_url: str) -> Load:
        upstreams = Upstreams()
        try:
            load, _ = await poll(upstreams, dataclasses.replace(STUDENT, base_url=base_url))
        finally:
            await upstreams.close()
        return load

    with Upstream(BEHAVIORS) as upstream:
        url = "http://127.0.0.1:1/v1" if behavior == "refused" else upstream.url(behavior)
        assert asyncio.run(ask(url)) == Load()
