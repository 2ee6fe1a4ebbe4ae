"""The embedded engine: an OpenAI-compatible server for small Llama checkpoints on a CPU, in one process.

It stands where vLLM stands in production, and answers as vLLM does, so that the demonstration has a real teacher and a
real student without a GPU. ``checkpoint`` reads a folder in Hugging Face layout, ``graph`` writes it as an ONNX graph,
``model`` runs that on onnxruntime with a cache of keys and values, ``sampling`` picks tokens, ``batch`` steps all
sequences together, and ``scheduler`` lets requests in and out of it. ``vocabulary`` and ``template`` turn requests into
tokens, ``speech`` and ``calls`` tokens into replies; ``asks`` and ``replies`` are the wire, ``app`` the endpoints.

It needs the extra ``[demo]``, and nothing but the demonstration may import it: ``docs/engine.md``.
"""

from __future__ import annotations

import os

# Read once, when onnxruntime is imported: without it, that reports to its makers, over the net, what it runs.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
