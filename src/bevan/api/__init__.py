"""The FHIR R4 REST interface: one file per interaction, served as plain ASGI."""
