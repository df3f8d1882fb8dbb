"""The tool that makes the vocabulary: ``python -m tools.vocabulary``."""
