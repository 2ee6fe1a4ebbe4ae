"""Measurements of Practicum, to be run by hand: ratios in one run, never a timed test."""
