"""The record: the store of every resource, its history, its feed and its audit."""
