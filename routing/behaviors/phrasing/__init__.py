"""How a reply is phrased: read once, then asked by every detector that judges words.

``reading`` reads a text: ``words`` splits it, ``language`` tells which of eight it is in, ``lexicon`` finds the phrases
listed in ``cues``, ``ngrams`` hashes what else there is, and ``linear`` weighs all of it by weights that were fitted on
labeled replies. Nothing here knows a behavior: detectors bring the names of cues and heads.
"""
