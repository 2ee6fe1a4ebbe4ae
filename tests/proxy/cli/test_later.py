"""The verbs of later versions."""

from __future__ import annotations

import pytest

from proxy.__main__ import main


@pytest.mark.parametrize(
    "argv",
    [
        ["explain", "support", "refusal", "--slice", "math", "--json"],
        ["promote", "support", "--full"],
        ["pause", "support"],
        ["resume", "support"],
        ["abort", "support"],
        ["retry", "support"],
        ["set-weight", "support", "5", "--slice", "math"],
    ],
)
def test_they_fail_and_say_why(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A script that promotes must not go on as if it had."""
    assert main(argv) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert f"practicum {argv[0]}" in err
    assert "nothing was changed" in err
