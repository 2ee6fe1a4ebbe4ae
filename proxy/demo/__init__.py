"""The demonstration: two scripted arms, a real ``practicum serve`` between them, traffic, and what came of it.

``prompts`` is the script, ``dialects`` its wire forms, ``arms`` the two servers that speak it, ``stage`` what is
started and stopped, ``traffic`` the callers, ``ending`` the tables, and ``story`` the order of it all.
"""
