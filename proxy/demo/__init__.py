"""The demonstration: two embedded language models, a real ``practicum serve`` between them, and what came of it.

``checkpoints`` are the models, ``engine`` serves them, ``railway`` is the world they were trained on. ``stage`` is what
is started and stopped, ``headline`` the eval, ``traffic`` the callers, ``telling`` how it goes; ``findings`` is what
Practicum saw, ``truth`` what the world's judge says, ``exhibit`` one pair, ``ending`` the page of it all, and ``story``
the order.
"""
