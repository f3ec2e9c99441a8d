"""Loads and drives the running server, and reports what it costs."""
