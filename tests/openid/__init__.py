"""The OpenID providers, their relying party, and unmodified clients against them."""
