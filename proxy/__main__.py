"""The command ``practicum``: argv to a verb."""


def main() -> None:
    """Run the command line."""
