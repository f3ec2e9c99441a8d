"""The seal of the audit: links over its entries, signed and handed to a second place."""
