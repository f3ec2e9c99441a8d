"""The machine endpoints of the OpenID providers."""
