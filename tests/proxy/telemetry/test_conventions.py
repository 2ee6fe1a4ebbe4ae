"""The names on spans are OpenTelemetry's, or begin with ours."""

from __future__ import annotations

from opentelemetry.semconv import attributes
from opentelemetry.semconv._incubating.attributes import gen_ai_attributes
from opentelemetry.semconv.attributes import error_attributes, http_attributes, server_attributes, url_attributes
from opentelemetry.semconv.schemas import Schemas

from proxy.telemetry import conventions
from routing.traits import Endpoint

OURS = {"PAIR", "ROUTE", "SLICE", "ARM", "PURPOSE", "OUTCOME", "REASON", "FALLBACK", "CONFIDENCE", "HELD", "OVERHEAD"}
OURS |= {"DIVERGED", "KEPT"}


def test_every_name_is_known_to_the_conventions_or_ours() -> None:
    """A misspelled attribute is one that no dashboard finds."""
    assert attributes
    known = {
        value
        for module in (gen_ai_attributes, error_attributes, http_attributes, server_attributes, url_attributes)
        for key, value in vars(module).items()
        if key.isupper() and isinstance(value, str)
    }
    names = {key: value for key, value in vars(conventions).items() if key.isupper() and isinstance(value, str)}
    assert names.pop("SCHEMA") in {schema.value for schema in Schemas}
    assert {key for key, value in names.items() if value.startswith("practicum.")} == OURS
    assert {value for key, value in names.items() if key not in OURS} <= known


def test_operations_are_of_the_conventions() -> None:
    """They are a closed set there."""
    known = {operation.value for operation in gen_ai_attributes.GenAiOperationNameValues}
    assert set(conventions.OPERATIONS.values()) <= known
    assert {conventions.provider(endpoint) for endpoint in Endpoint} <= {
        provider.value for provider in gen_ai_attributes.GenAiProviderNameValues
    }


def test_every_endpoint_has_a_path() -> None:
    """Of /v1/models no record comes."""
    assert set(conventions.HTTP_ROUTES) >= set(Endpoint) - {Endpoint.MODELS}
