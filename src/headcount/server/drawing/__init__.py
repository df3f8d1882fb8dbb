"""Pictures, drawn in a process of their own: what draws holds the interpreter, so that reports would wait."""
