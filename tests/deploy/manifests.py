"""What deploy/ would install, as a cluster reads it: files as documents, and what kustomize and helm make of them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import yaml

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
OVERLAY = DEPLOY / "kubernetes/overlays/example"
CHART = DEPLOY / "helm/practicum"
TOOLS = ROOT / ".tools/deploy/bin"
Document = dict[str, Any]  # a manifest is whatever its kind says


def documents(text: str) -> list[Document]:
    """The documents of a YAML stream."""
    return [cast("Document", document) for document in yaml.safe_load_all(text) if document]


def read(path: str) -> list[Document]:
    """The documents of a file below deploy/."""
    return documents((DEPLOY / path).read_text())


def run(program: str, *arguments: str | Path, environ: Mapping[str, str] | None = None) -> str:
    """What one of the tools prints; ``CalledProcessError`` where it refuses."""
    command = [str(TOOLS / program), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environ, timeout=60).stdout


def kustomized(folder: Path = OVERLAY) -> list[Document]:
    """What ``kubectl apply -k`` would apply."""
    return documents(run("kubectl", "kustomize", folder))


def templated(*arguments: str, release: str = "practicum") -> list[Document]:
    """What ``helm install`` would install."""
    return documents(run("helm", "template", release, CHART, "--namespace", "practicum", *arguments))


def one(kind: str, name: str, among: Sequence[Document]) -> Document:
    """The one object of a kind with a name."""
    (found,) = (each for each in among if (each["kind"], each["metadata"]["name"]) == (kind, name))
    return found


def container(deployment: Document) -> Document:
    """The one container of a Deployment's pods."""
    (only,) = deployment["spec"]["template"]["spec"]["containers"]
    return cast("Document", only)


def strings(value: object) -> Iterator[str]:
    """Every text in a document, keys left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, Sequence):
        for inner in value:
            yield from strings(inner)
