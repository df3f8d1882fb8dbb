"""What answers at which address, and who may see it."""
