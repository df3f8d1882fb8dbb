"""The data directory: what lies in it, who owns it, and what works on it."""
