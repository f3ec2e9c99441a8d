"""FHIRPath: text to syntax tree, and syntax tree to Python functions."""
