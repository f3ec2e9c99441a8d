"""Proofs too long for the tests: each runs the real thing and writes what it saw."""
