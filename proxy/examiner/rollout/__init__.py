"""The rollout controller: what the examiner does with the evidence.

``gating`` turns settings into what ``routing`` judges by, ``state`` is what is kept of a rollout, ``look`` one look at
one route, ``view`` what people are told of it, ``controller`` the looks, the orders and the database.
"""
