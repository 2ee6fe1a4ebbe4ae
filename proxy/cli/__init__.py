"""The command line: ``arguments`` is what may be typed, every other module one verb or what several verbs share.

Verbs are imported only when they run, so that ``practicum --help`` costs no more than argparse. Reading verbs talk to
the admin port (``admin_api``) or read a database themselves (``sources``); what an operator orders (``order``) goes to
the admin port, and nothing here decides about a rollout.
"""
