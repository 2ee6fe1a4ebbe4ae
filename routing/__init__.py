"""What Practicum decides: values in, reasoned values out.

Nothing in this package does I/O, reads a clock, draws a random number, logs or counts. It imports itself, the
standard library and numpy; ``tests/test_layout.py`` holds it to that. Its counterpart is ``proxy``, which does.
"""
