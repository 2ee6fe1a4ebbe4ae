"""The names by which Practicum knows how busy a student is."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from proxy.demo.engine.meters import Meters
from proxy.demo.engine.scheduler import Load


def test_load_and_counts_have_vllms_names() -> None:
    """And its labels; the load is the one of now."""
    load = Load(0, 0, 0.0)
    meters = Meters("tiny", lambda: load)
    load = Load(3, 2, 0.25)
    meters.completed(7, 5, "stop")
    meters.completed(1, 1, "length")
    samples = {
        (sample.name, sample.labels.get("finished_reason")): sample
        for family in text_string_to_metric_families(meters.text().decode())
        for sample in family.samples
        if not sample.name.endswith("_created")
    }
    assert {key: sample.value for key, sample in samples.items()} == {
        ("vllm:num_requests_running", None): 3,
        ("vllm:num_requests_waiting", None): 2,
        ("vllm:kv_cache_usage_perc", None): 0.25,
        ("vllm:prompt_tokens_total", None): 8,
        ("vllm:generation_tokens_total", None): 6,
        ("vllm:request_success_total", "stop"): 1,
        ("vllm:request_success_total", "length"): 1,
    }
    assert all(sample.labels.items() >= {"engine": "0", "model_name": "tiny"}.items() for sample in samples.values())
