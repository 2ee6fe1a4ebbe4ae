"""Traces, built from records and from the shadow lane's calls, after the fact.

``span`` is what a span is here; ``served`` makes those of a caller's request, ``shadow`` those of the work on its pair,
``content`` what was said, where that is asked for. ``traces`` decides which are kept and hands them to the ``outbox``,
whose batches ``otlp`` sends: the one module that imports OpenTelemetry, when an endpoint is set and not before.
"""
