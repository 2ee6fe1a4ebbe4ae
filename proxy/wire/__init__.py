"""Wire formats and routing types: the JSON and the event streams of four endpoints, read and lightly edited.

Everything here is sans-IO and synchronous: bytes in, values or bytes out. Nothing here decides, and nothing that
decides (``routing``) knows a wire format.
"""
