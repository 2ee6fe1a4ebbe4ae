"""How the engine is run: the command line, as one value. Names are vLLM's where vLLM has the setting."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

BODY_BYTES = 1 << 20  # far beyond any prompt that fits a context of a small model


@dataclass(frozen=True, slots=True)
class Settings:
    """What to serve, and within which limits."""

    checkpoint: Path
    name: str
    host: str = "127.0.0.1"
    port: int = 8000
    rows: int = 16
    waiting: int = 256
    threads: int = 1
    logprobs: int = 20
    body_bytes: int = BODY_BYTES
    until_stdin_ends: bool = False


def parse(arguments: Sequence[str]) -> Settings:
    """The settings of a command line; exits as argparse does where it cannot be read."""
    given = _parser().parse_args(arguments)
    checkpoint = Path(given.checkpoint)
    return Settings(
        checkpoint=checkpoint,
        name=given.served_model_name or checkpoint.resolve().name,
        host=given.host,
        port=given.port,
        rows=given.max_num_seqs,
        waiting=given.max_waiting,
        threads=given.threads,
        logprobs=given.max_logprobs,
        until_stdin_ends=given.until_stdin_ends,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m proxy.demo.engine", description="Serve a small Llama checkpoint over the OpenAI API."
    )
    parser.add_argument("checkpoint", help="a folder in Hugging Face layout")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=_natural, default=8000, help="0 takes a free one (default: %(default)s)")
    parser.add_argument("--served-model-name", help="the model's name in requests (default: the folder's)")
    parser.add_argument("--max-num-seqs", type=_positive, default=16, help="served at a time (default: %(default)s)")
    parser.add_argument("--max-waiting", type=_positive, default=256, help="then 503 (default: %(default)s)")
    parser.add_argument("--max-logprobs", type=_natural, default=20, help="a token (default: %(default)s)")
    parser.add_argument("--threads", type=_positive, default=1, help="that compute (default: %(default)s)")
    parser.add_argument("--until-stdin-ends", action="store_true", help="so that it ends with whoever started it")
    return parser


def _natural(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError(f"{text} is below 0")
    return number


def _positive(text: str) -> int:
    number = _natural(text)
    if not number:
        raise argparse.ArgumentTypeError(f"{text} is not above 0")
    return number
