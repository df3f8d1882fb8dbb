"""What an operator does to a data directory, one module for each command."""
