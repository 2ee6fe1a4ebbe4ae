"""Writes grafana/dashboards/: ``python -m dashboards``, which is what ``make dashboards`` runs."""

from __future__ import annotations

from pathlib import Path

from dashboards.boards import BOARDS
from dashboards.drawing import kept

FOLDER = Path(__file__).parents[1] / "grafana" / "dashboards"


def main() -> None:
    """Write each file anew, and remove what is no dashboard any more."""
    files = kept(BOARDS)
    for stale in {path.name for path in FOLDER.glob("*.json")} - files.keys():
        (FOLDER / stale).unlink()
    for name, text in files.items():
        (FOLDER / name).write_text(text)


if __name__ == "__main__":
    main()
