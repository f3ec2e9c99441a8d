"""How long records are kept, what stops their disposal, and the disposal itself."""
