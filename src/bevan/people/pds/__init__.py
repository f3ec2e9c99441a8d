"""The Personal Demographics Service: a port to it, and an implementation of our own.

Behaviour as in NHS England's PDS FHIR API and its sandbox (MIT, Crown copyright); the words here
and the fictional index are ours.
"""
