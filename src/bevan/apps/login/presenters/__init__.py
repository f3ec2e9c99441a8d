"""Accounts in words."""
