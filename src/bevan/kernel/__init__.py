"""What every other layer stands on: settings, clock, errors, logs, PostgreSQL, objects, jobs, keys.

Nothing here knows FHIR or HTTP.
"""
