"""Bulk import: files of Bundles and resources into the record."""
