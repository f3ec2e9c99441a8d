"""Organisations, sites, services and staff: what things are called and who works where."""

from bevan.directory.directory import Directory
from bevan.directory.entries import Organisation, Place, Staff

__all__ = ["Directory", "Organisation", "Place", "Staff"]
