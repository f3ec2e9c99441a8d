"""FHIR search as pure values: a query string becomes a tree that content is tested against."""
