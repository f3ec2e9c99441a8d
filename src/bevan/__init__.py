"""Bevan: one record, one rulebook, one feed."""

__version__ = "0.1.0"
