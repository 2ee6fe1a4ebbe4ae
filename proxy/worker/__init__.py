"""The data plane: decide, call one arm, pass its bytes on, hand over the record. Its counterpart is the examiner."""
