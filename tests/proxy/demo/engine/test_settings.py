"""The command line, and what it refuses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from proxy.demo.engine.settings import Settings, parse


def test_a_folder_is_enough(tmp_path: Path) -> None:
    """Its name is the model's; everything else is the default that the class states."""
    assert parse([str(tmp_path)]) == Settings(checkpoint=tmp_path, name=tmp_path.name)


def test_everything_can_be_set() -> None:
    """With vLLM's names where it has them."""
    flags = "models/x --host 127.0.0.2 --port 0 --served-model-name m --max-num-seqs 2 --max-waiting 3 --max-logprobs 4"
    settings = parse([*flags.split(), "--threads", "5", "--until-stdin-ends"])
    expected = Settings(Path("models/x"), "m", "127.0.0.2", 0, rows=2, waiting=3, threads=5, logprobs=4)
    assert settings == replace(expected, until_stdin_ends=True)


@pytest.mark.parametrize("flags", [["--max-num-seqs", "0"], ["--threads", "-1"], ["--port", "x"], ["--unheard-of"]])
def test_what_cannot_be_is_refused(flags: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """With the flag's name."""
    with pytest.raises(SystemExit):
        parse(["models/x", *flags])
    assert flags[0] in capsys.readouterr().err
