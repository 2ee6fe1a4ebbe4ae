"""Coverage-guided fuzzing of what reads texts that strangers wrote: `make fuzz`."""
