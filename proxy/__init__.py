"""What Practicum does: everything that touches a socket, a file, a clock or a process.

Its counterpart is ``routing``, which decides. ARCHITECTURE.md is the map.
"""

__version__ = "0.1.0"
