"""The other half of Practicum: mirror, compare, keep, tell. Nothing here reaches a caller. Counterpart: worker."""
