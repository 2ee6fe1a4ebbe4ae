"""The two models that the demonstration runs on: where they lie, whether they can be served, and how large they are.

It reads files and refuses to import what the extra ``[demo]`` brings: whoever lacks it is to be told so in a sentence.
Its counterpart is ``proxy.demo.engine``, which serves them in processes of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from math import prod
from pathlib import Path

import msgspec

from proxy.cli.refused import Refused
from routing.observation import Arm

MODELS = Path(__file__).parent / "models"
ARMS = (Arm.TEACHER, Arm.STUDENT)
EXTRA = ("onnx", "onnxruntime", "safetensors", "tokenizers")
_WEIGHTS = "model.safetensors"
_LONGEST_HEADER = 100_000_000  # bytes, the format's own limit


class _Tensor(msgspec.Struct):
    shape: tuple[int, ...] | None = None  # the header's entry of remarks has none


def require_extra(find: Callable[[str], object] = find_spec) -> None:
    """Raise ``Refused`` where a package that the engine needs is not installed; ``find`` gives None for such a one."""
    missing = [package for package in EXTRA if find(package) is None]
    if missing:
        raise Refused(
            f"the demonstration runs two language models, and for that {', '.join(missing)} must be installed: "
            "pip install 'practicum[demo]'"
        )


def parameters(models: Path) -> dict[Arm, int]:
    """How many parameters each arm's checkpoint has, read off its weights. Raises ``Refused`` where there are none."""
    return {arm: _parameters(models / arm / _WEIGHTS) for arm in ARMS}


def _parameters(weights: Path) -> int:
    try:
        with weights.open("rb") as file:
            size = int.from_bytes(file.read(8), "little")
            header = file.read(min(size, _LONGEST_HEADER))
        tensors = msgspec.json.decode(header, type=dict[str, _Tensor])
    except OSError as exc:
        raise Refused(
            f"the demonstration's models are not there: {weights}: {exc.strerror}; install Practicum again, or in a "
            "checkout train them: make train"
        ) from exc
    except (msgspec.DecodeError, UnicodeDecodeError) as exc:
        raise Refused(f"{weights} holds no weights that can be read: {exc}; install Practicum again") from exc
    return sum(prod(tensor.shape) for tensor in tensors.values() if tensor.shape is not None)
