"""How good the detectors are, on labeled replies by other people; and how the weights of phrasing are fitted.

``python -m measuring report`` measures, ``python -m measuring fit`` fits. The product imports none of it. A behavior's
file here says what its data are (``results``) and, for fitted heads, what its examples are (``examples``);
``families`` lists them.
"""
