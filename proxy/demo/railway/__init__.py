"""The Vale Railway: a small invented world, and conversations in plain English with its assistant.

Real language models of a few million parameters are trained on these conversations, and the demonstration's traffic
is made of them. Pure standard library, and deterministic: a seed, a distribution and a number name one conversation.

- ``conversations.conversations(seed, count, distribution)`` gives examples; ``example`` says what one is.
- ``judge.judge`` says whether a reply is right, ``judge.shows`` whether it shows a behavior.
- ``template`` writes an example as a model reads it, and reads what a model wrote.

Every fact that a reply needs stands in its own prompt, and is drawn anew for each: what is learned is to look up, to
copy, to reckon a little, and to notice when that cannot be done. The world refuses to be large: few words, few forms,
each reply of one fixed form, so that a check can be exact. Below that: ``draw`` (chance), ``world`` (who and what),
``wording`` (what callers say), and the situations (``lookups``, ``rules``, ``reckoning``, ``extraction``, ``tooling``,
``doubts``).
"""
