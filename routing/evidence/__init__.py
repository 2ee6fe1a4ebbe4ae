"""What has been seen of a behavior, and what follows from it at any moment.

``beta`` is the arithmetic, ``rates`` the e-processes and bounds on one rate of divergence, ``excess`` those on the
student's divergence over the teacher's own, ``changes`` the detector that watches a rate once it was certified.
Values in, values out: nothing here knows a clock, a route or a configuration, and nothing decides; gates do.

Everything that is kept merges by addition, so replicas and restarts lose nothing.
"""
