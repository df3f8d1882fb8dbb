"""The entries of the registry, a module for each question: what it means, and the ways to ask it."""
