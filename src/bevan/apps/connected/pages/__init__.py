"""The pages of connected apps."""
