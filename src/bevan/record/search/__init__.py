"""Search over the record: a query becomes SQL with the Scope inside, and a Bundle comes back."""
