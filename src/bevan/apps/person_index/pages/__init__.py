"""The pages of the person index."""
