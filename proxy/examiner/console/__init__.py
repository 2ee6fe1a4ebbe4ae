"""The console: what the examiner knows as pages, for whoever is awake at night, and an operator's verbs behind them.

``app`` stands in front of the API and keeps the paths that are the console's; ``door`` says who may come in and
``sessions`` remembers them. ``pages`` shows, ``ordering`` orders, ``live`` tells a browser that something changed, and
``rendering`` turns values into HTML under one strict policy. What is drawn is computed apart from how it looks:
``matrix``, ``timeline`` and ``curve`` give geometry, ``differing`` and ``marking`` pieces of text, and the templates
put them on the page.

Everything that a model, a client or an operator wrote is hostile until it was escaped, in text and attributes alike;
templates escape by default, and none says otherwise. Pages work without scripts; those there are, are files.
"""
