"""The audit as FHIR shows it: AuditEvents made from its entries, for who may read them."""
