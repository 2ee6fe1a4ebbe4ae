"""What the engine tells about itself on ``/metrics``, by vLLM's names: Practicum's back-off reads them."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge
from prometheus_client.exposition import generate_latest

from proxy.demo.engine.scheduler import Load

LABELS = ("engine", "model_name")
ENGINE = "0"  # vLLM numbers its engines; here is one


class Meters:
    """One server's metrics; ``load`` is asked whenever they are read."""

    def __init__(self, model: str, load: Callable[[], Load]) -> None:
        self._registry = CollectorRegistry()
        self._labels = (ENGINE, model)
        self._gauge("vllm:num_requests_running", "Requests being served.", lambda: load().running)
        self._gauge("vllm:num_requests_waiting", "Requests waiting to be served.", lambda: load().waiting)
        self._gauge("vllm:kv_cache_usage_perc", "Part of the cache in use, 0 to 1.", lambda: load().cache_use)
        self._prompt = self._counter("vllm:prompt_tokens", "Tokens of prompts.")
        self._generated = self._counter("vllm:generation_tokens", "Tokens of replies.")
        self._success = self._counter("vllm:request_success", "Replies that were completed.", "finished_reason")

    def completed(self, prompt: int, generated: int, reason: str) -> None:
        """Count one reply, in tokens."""
        self._prompt.labels(*self._labels).inc(prompt)
        self._generated.labels(*self._labels).inc(generated)
        self._success.labels(*self._labels, reason).inc()

    def text(self) -> bytes:
        """All of them, in Prometheus' text format."""
        return generate_latest(self._registry)

    def _gauge(self, name: str, help_text: str, value: Callable[[], float]) -> None:
        Gauge(name, help_text, LABELS, registry=self._registry).labels(*self._labels).set_function(value)

    def _counter(self, name: str, help_text: str, *labels: str) -> Counter:
        return Counter(name, help_text, (*LABELS, *labels), registry=self._registry)
