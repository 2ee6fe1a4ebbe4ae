"""Values read out of texts and compared as what they mean, for the detectors that hold one arm's against the other's.

``quantities`` are numbers with their units, ``dates`` days and times; ``agreement`` compares two JSON values leaf by
leaf, with what their schema says (``schema_facts``).
"""
