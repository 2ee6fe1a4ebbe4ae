"""Whether the evidence keeps its promises, by simulation: error, power, and the whole loop on made-up conversations.

``make simulate`` runs every part and keeps what it found in ``results.md`` beside this file. The product imports none
of it. ``borders`` and ``judging`` are routing's own decisions made cheap, ``alternatives`` what others do instead;
``parts`` lists the questions, one module each, every one of which answers with values of ``table``; ``report`` is
where those become text.

It measures the decisions, not the detectors: a conversation here diverges or not by a die, and whether a detector would
have seen it is ``measuring``'s question.
"""
