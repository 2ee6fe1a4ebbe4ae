"""``format``: what form a request asks of its reply, and whether the reply has it.

``detection`` is the detector. ``asked`` reads a request for its demands (``demand``): it splits it (``sentences``) and
runs the readers ``shape``, ``lengths``, ``wording`` and ``keywords`` over it, which count with ``counts``. ``kept``
holds a reply against a demand, with ``json_text`` and ``language`` for what takes more than a pattern.
"""
