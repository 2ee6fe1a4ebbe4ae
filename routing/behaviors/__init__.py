"""Behaviors: what a reply does that a user benefits from, and the detectors that find it.

``label`` is the vocabulary, ``case`` what a detector is given, ``table`` which are judged; every other module is one
family of detectors. ``routing.divergence`` runs the table over both arms.
"""
