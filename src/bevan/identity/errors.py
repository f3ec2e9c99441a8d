"""What can be wrong with a sign-in or a token, as sentences for the person who asked."""

from __future__ import annotations

from bevan.kernel.errors import BevanError


class GrantRefused(BevanError):
    """A scope that can't be granted: unknown, malformed, or of a kind this server doesn't give."""


class SignInRefused(BevanError):
    """This account can't be signed in to: it isn't there, is closed, or needs proof of identity."""
