"""Judge manifests by the schemas of Kubernetes and of the Prometheus operator; run with the Python of ``tools.sh``.

``python validate.py VERSION`` reads YAML documents from standard input and prints a line for each: its kind, its name,
and what is wrong with it, if anything. Unknown keys are wrong. The exit code is 1 where anything is.
"""

from __future__ import annotations

import sys
from typing import Any

import jsonschema  # type: ignore[import-untyped] # these three are the tools' environment's, which mypy does not see
import kubernetes_validate  # type: ignore[import-not-found]
import yaml
from cloudcoil.models.prometheus_operator.v1 import ServiceMonitor  # type: ignore[import-not-found]


def closed(schema: Any) -> Any:
    """The same schema, refusing keys that it does not name."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: closed(value) for key, value in schema.items()}
    return {"additionalProperties": False, **inner} if isinstance(schema.get("properties"), dict) else inner


SERVICE_MONITOR = closed(ServiceMonitor.model_json_schema(by_alias=True))


def trouble(document: dict[str, Any], version: str) -> str:
    """What is wrong; empty where nothing is."""
    try:
        if document["kind"] == "ServiceMonitor":
            jsonschema.validate(document, SERVICE_MONITOR)
        else:
            kubernetes_validate.validate(document, version, strict=True)
    except (jsonschema.ValidationError, kubernetes_validate.ValidationError) as error:
        return str(error.message)
    except kubernetes_validate.SchemaNotFoundError:
        return f"{document['apiVersion']} {document['kind']} is no kind of Kubernetes {version}"
    return ""


def main(version: str) -> int:
    """Print the verdicts."""
    found = 0
    for document in yaml.safe_load_all(sys.stdin):
        why = trouble(document, version)
        sys.stdout.write(f"{document['kind']} {document['metadata']['name']}: {why or 'ok'}\n")
        found += bool(why)
    return int(found > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
