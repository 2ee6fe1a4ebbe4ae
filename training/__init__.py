"""How the embedded pair was made: a teacher that learned all of the railway, a student that learned what was left.

``python -m training all`` makes everything from one seed; README.md tells the story. The product imports none of it.
"""
