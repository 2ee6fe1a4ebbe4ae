"""How sure the student was of a reply, what that is worth, and from where on it may be served.

``signal`` turns the log-probabilities of a reply's tokens into a few numbers, as they come; ``calibration`` turns these
into the chance that the reply is acceptable, fitted to pairs; ``threshold`` says from which chance on replies may be
served, with a guarantee; ``prompt`` guesses before the call. ``assurance`` is all of it as a worker holds it. What a
request's reply is judged by, all of it or a prefix, is its *view* (``views``).

*Acceptable* means that the pair diverged in nothing that acts: the same that gates judge by. Values in, values out:
nothing here knows bytes, clocks or a database.
"""
