"""The access pages."""
