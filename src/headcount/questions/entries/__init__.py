"""One module for each question: what it means, and the ways to ask it."""
