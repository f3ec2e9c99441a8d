"""Clients by others, unmodified, against our server."""
