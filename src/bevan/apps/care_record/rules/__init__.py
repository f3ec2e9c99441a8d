"""What the record means for a clinician: pure functions over FHIR resources, no I/O."""
