"""What can be written: each form is a list of named parts and a way there and back to FHIR."""
