"""UK Core resources as JSON text: one function per shape, filled without dicts for speed."""
