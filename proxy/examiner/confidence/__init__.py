"""From stored pairs to what workers judge by: the duty that calibrates a student's confidence, route by route.

``units`` chooses one answer of each conversation and parts the conversations in two halves; ``fitting`` makes a
``version`` of the first half, its calibrations and the thresholds to be tried; ``certifying`` holds these against the
other half, and says what is promised and what was kept; ``follower`` does this for one route, ``calibrator`` for all of
them; ``telling`` puts it into the status and the gauges. What the numbers mean is ``routing.confidence``'s to say.
"""
