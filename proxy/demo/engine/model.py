"""A checkpoint that computes: logits for prompts and for next tokens, over a cache with a fixed number of rows.

The cache is one array that onnxruntime reads and extends in place, so a step copies nothing. Rows in use are the first
ones: whoever ends a row moves the last into its place. It refuses to sample, and to know what a token means.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import onnxruntime  # type: ignore[import-untyped]  # it ships no types
from numpy.typing import NDArray

from proxy.demo.engine import graph
from proxy.demo.engine.checkpoint import Checkpoint, Floats

PARTS = ("key", "value")
ERRORS_ONLY = 3  # onnxruntime's word for how much it logs


class Model:
    """One checkpoint on ``threads`` threads, with room for ``rows`` sequences. Not for two threads at once."""

    def __init__(self, checkpoint: Checkpoint, rows: int, threads: int = 1) -> None:
        self.shape = checkpoint.shape
        self.rows = rows
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = ERRORS_ONLY
        # threads that spin while they wait take the time of everything else on a small machine
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        graph_bytes = graph.write(checkpoint)
        self._session = onnxruntime.InferenceSession(graph_bytes, options, providers=["CPUExecutionProvider"])
        self._names = [(f"{part}_in.{n}", f"{part}_out.{n}") for n in range(self.shape.layers) for part in PARTS]
        room = (len(self._names), rows, self.shape.kv_heads, self.shape.context, self.shape.head_size)
        self._cache: Floats = np.zeros(room, np.float32)  # memory is taken only where it is written
        self._bindings: dict[tuple[int, int], onnxruntime.IOBinding] = {}

    def prefill(self, row: int, tokens: Sequence[int]) -> Floats:
        """The logits after a prompt, [vocabulary]; the row's cache begins anew."""
        ids = np.array([tokens], np.int64)
        logits: Floats = self._run(ids, np.array([len(tokens) - 1], np.int32), row)[0]
        return logits

    def step(self, tokens: Sequence[int], lengths: Sequence[int]) -> Floats:
        """The logits after one more token in each of the first rows, which held ``lengths``: [rows, vocabulary]."""
        return self._run(np.array(tokens, np.int64)[:, None], np.array(lengths, np.int32), 0)

    def move(self, source: int, target: int, length: int) -> None:
        """Copy what ``source`` holds of its ``length`` tokens to the row ``target``."""
        self._cache[:, target, :, :length] = self._cache[:, source, :, :length]

    def _run(self, ids: NDArray[np.int64], past: NDArray[np.int32], row: int) -> Floats:
        binding = self._bound(row, len(ids))
        # a binding holds addresses only: these arrays live until the run is over
        small: dict[str, NDArray[np.int64] | NDArray[np.int32]] = {
            "token_ids": ids,
            "past": past,
            "longest": np.array(past.max() + 1, np.int32),
        }
        for name, array in small.items():
            binding.bind_input(name, "cpu", 0, array.dtype, array.shape, array.ctypes.data)
        logits: Floats = np.empty((len(ids), self.shape.vocabulary), np.float32)
        binding.bind_output("logits", "cpu", 0, np.float32, logits.shape, logits.ctypes.data)
        self._session.run_with_iobinding(binding)
        return logits

    def _bound(self, row: int, count: int) -> onnxruntime.IOBinding:
        """The cache of ``count`` rows, in and out. Kept, as binding it anew takes a seventh of a step's time."""
        if (row, count) not in self._bindings:
            binding = self._bindings[row, count] = self._session.io_binding()
            for (entering, leaving), part in zip(self._names, self._cache[:, row : row + count], strict=True):
                binding.bind_input(entering, "cpu", 0, np.float32, part.shape, part.ctypes.data)
                binding.bind_output(leaving, "cpu", 0, np.float32, part.shape, part.ctypes.data)
        return self._bindings[row, count]
