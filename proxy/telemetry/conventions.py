"""The names on spans, in one place: OpenTelemetry's conventions as of ``SCHEMA``, and our own.

Those for generative AI still change, by now in a repository of their own (semantic-conventions-genai, where every name
that is used here is the same), so what Practicum sends is pinned here and moves in one commit; a test holds the names
against OpenTelemetry's package. Attributes of our own begin with ``practicum.``. This module refuses to say when
an attribute is set: ``proxy.examiner.tracing`` does.
"""

from __future__ import annotations

from collections.abc import Mapping

from routing.traits import Endpoint

SCHEMA = "https://opentelemetry.io/schemas/1.44.0"

GEN_AI_OPERATION_NAME = "gen_ai.operation.name"
GEN_AI_PROVIDER_NAME = "gen_ai.provider.name"
GEN_AI_REQUEST_MODEL = "gen_ai.request.model"
GEN_AI_REQUEST_MAX_TOKENS = "gen_ai.request.max_tokens"
GEN_AI_REQUEST_TEMPERATURE = "gen_ai.request.temperature"
GEN_AI_REQUEST_TOP_P = "gen_ai.request.top_p"
GEN_AI_REQUEST_STREAM = "gen_ai.request.stream"
GEN_AI_RESPONSE_MODEL = "gen_ai.response.model"
GEN_AI_RESPONSE_ID = "gen_ai.response.id"
GEN_AI_RESPONSE_FINISH_REASONS = "gen_ai.response.finish_reasons"
GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK = "gen_ai.response.time_to_first_chunk"
GEN_AI_USAGE_INPUT_TOKENS = "gen_ai.usage.input_tokens"
GEN_AI_USAGE_OUTPUT_TOKENS = "gen_ai.usage.output_tokens"
GEN_AI_INPUT_MESSAGES = "gen_ai.input.messages"
GEN_AI_OUTPUT_MESSAGES = "gen_ai.output.messages"
SERVER_ADDRESS = "server.address"
SERVER_PORT = "server.port"
HTTP_REQUEST_METHOD = "http.request.method"
HTTP_ROUTE = "http.route"
HTTP_RESPONSE_STATUS_CODE = "http.response.status_code"
URL_SCHEME = "url.scheme"
URL_PATH = "url.path"
ERROR_TYPE = "error.type"

PAIR = "practicum.pair_id"
ROUTE = "practicum.route"
SLICE = "practicum.slice"
ARM = "practicum.arm"
PURPOSE = "practicum.purpose"
OUTCOME = "practicum.outcome"
REASON = "practicum.decision.reason"
FALLBACK = "practicum.fallback.reason"
CONFIDENCE = "practicum.confidence"
HELD = "practicum.held_seconds"
OVERHEAD = "practicum.overhead_seconds"
DIVERGED = "practicum.diverged"
KEPT = "practicum.kept"

OPERATIONS: Mapping[Endpoint, str] = {
    Endpoint.CHAT: "chat",
    Endpoint.COMPLETIONS: "text_completion",
    Endpoint.RESPONSES: "chat",
    Endpoint.MESSAGES: "chat",
}
"""What ``gen_ai.operation.name`` says of an endpoint; of others nothing is said."""

HTTP_ROUTES: Mapping[Endpoint, str] = {
    Endpoint.CHAT: "/v1/chat/completions",
    Endpoint.COMPLETIONS: "/v1/completions",
    Endpoint.RESPONSES: "/v1/responses",
    Endpoint.MESSAGES: "/v1/messages",
    Endpoint.OTHER: "/v1/*",
}


def provider(endpoint: Endpoint) -> str:
    """Whose API is spoken. The conventions ask for the best guess; whose server it is nobody tells a proxy."""
    return "anthropic" if endpoint is Endpoint.MESSAGES else "openai"
