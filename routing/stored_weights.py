"""Fitted weights as the package keeps them: a byte each, with a scale for every row.

They are constants of the code that happen to be numbers: files of a package, read once, written by
``python -m measuring fit``. What a row answers those know who use it: ``behaviors.phrasing.linear``, ``slices.fitted``.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

_MOST: Final = 127  # of a byte with a sign
_LEAST: Final = 1e-9  # a row of zeros has some scale, too


@dataclass(frozen=True, slots=True)
class Table:
    """For each name a row of weights and a bias, in log odds; ``note`` says what they were fitted on.

    ``rows`` is float32, a column for every feature; ``biases`` is float32, one for every row.
    """

    names: tuple[str, ...]
    rows: NDArray[np.float32]
    biases: NDArray[np.float32]
    note: str = ""

    def save(self, file: BinaryIO) -> None:
        """Write it, each weight in a byte. What is read back differs by that rounding."""
        scale = np.maximum(np.abs(self.rows).max(axis=1, initial=0), _LEAST) / _MOST
        np.savez_compressed(
            file,
            names=np.array(self.names),
            table=np.rint(self.rows / scale[:, None]).astype(np.int8),
            scale=scale.astype(np.float32),
            bias=self.biases.astype(np.float32),
            note=np.array(self.note),
        )


def load(name: str, package: str, features: int) -> Table:
    """The table in a file of a package.

    Raises ``FileNotFoundError``, or ``ValueError`` for a table made for another number of features.
    """
    with resources.files(package).joinpath(name).open("rb") as file, np.load(file, allow_pickle=False) as stored:
        names, table, scale = tuple(map(str, stored["names"])), stored["table"], stored["scale"]
        if table.shape != (len(names), features):
            raise ValueError(
                f"{name} holds a table of shape {table.shape}, not ({len(names)}, {features}): fit it again"
            )
        return Table(names, table.astype(np.float32) * scale[:, None], stored["bias"], str(stored["note"]))
