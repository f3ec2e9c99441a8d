"""Deciding and doing: the record in, values out; nothing here knows HTML."""
