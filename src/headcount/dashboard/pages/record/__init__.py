"""What pages make of the record of a decision: its figures, its tables, and what is still to be looked at."""
