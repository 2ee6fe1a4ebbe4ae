"""The student's own word on how busy it is: vLLM's ``/metrics``, read every second or so.

A student that has no such page, or other names on it, is not known to be busy, and is mirrored to. Names and meaning
as of vLLM 0.32 (``vllm:kv_cache_usage_perc`` is a ratio in spite of its name; before V1 it was called
``vllm:gpu_cache_usage_perc``); several engines' queues add up, the fullest cache counts.
"""

from __future__ import annotations

import asyncio
import dataclasses
import re
from dataclasses import dataclass

from proxy.config import settings
from proxy.upstream import Request, UpstreamError
from proxy.upstreams import Upstreams

POLL_EVERY = 1.0
POLL_WITHIN = 2.0
ABSENT_EVERY = 30.0
_MOST = 4 * 1024 * 1024
_OK = 200
_WAITING = re.compile(rb"^vllm:num_requests_waiting(?:\{[^\n]*\})? ([0-9.eE+-]+)", re.MULTILINE)
_KV_CACHE = re.compile(rb"^vllm:(?:kv|gpu)_cache_usage_perc(?:\{[^\n]*\})? ([0-9.eE+-]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Load:
    """Requests waiting in the student, and the share of its KV cache in use (0 to 1); None where unknown."""

    waiting: float | None = None
    kv_cache: float | None = None


def read_load(page: bytes) -> Load:
    """The load that a metrics page tells of."""
    waiting = [float(value) for value in _WAITING.findall(page)]
    cache = [float(value) for value in _KV_CACHE.findall(page)]
    return Load(sum(waiting) if waiting else None, max(cache) if cache else None)


def metrics_target(student: settings.Upstream) -> settings.Upstream:
    """Where the student's metrics are: beside its API's version, with one connection of their own."""
    root = student.base_url.rstrip("/").removesuffix("/v1")
    return dataclasses.replace(student, base_url=root, max_connections=1)


async def poll(upstreams: Upstreams, student: settings.Upstream) -> tuple[Load, float]:
    """The load now, and in how many seconds to ask again."""
    try:
        async with asyncio.timeout(POLL_WITHIN):
            page = await _page(upstreams, metrics_target(student))
    except (UpstreamError, TimeoutError):
        return Load(), POLL_EVERY
    return (read_load(page), POLL_EVERY) if page else (Load(), ABSENT_EVERY)


async def _page(upstreams: Upstreams, target: settings.Upstream) -> bytes:
    """The metrics page, b"" if there is none."""
    with upstreams.lease(target) as upstream:
        reply = await upstream.open(Request("GET", "/metrics", (), b""))
        try:
            pieces, size = [], 0
            while (piece := await reply.read()) and size < _MOST:
                pieces.append(piece)
                size += len(piece)
        finally:
            reply.abort()
    return b"".join(pieces) if reply.status == _OK else b""
