"""Looks that a privacy officer should look at: found in the audit by rules, kept as cases."""
