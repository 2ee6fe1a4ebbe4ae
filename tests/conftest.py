"""What holds for every test."""

from __future__ import annotations

from hypothesis import settings

# An example may take as long as a busy machine makes it: no test holds a clock, and pytest's timeout ends what hangs.
settings.register_profile("practicum", deadline=None)
settings.load_profile("practicum")
