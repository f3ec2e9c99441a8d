"""What can be wrong with a sign-in or a token, as sentences for the person who asked."""

from __future__ import annotations

from bevan.kernel.errors import BevanError


class GrantRefused(BevanError):
    """A scope that can't be granted: unknown, malformed, or of a kind this server doesn't give."""


class SignInRefused(BevanError):
    """This account can't be signed in to: it isn't there, is closed, or needs proof of identity."""


class ProtocolRefused(BevanError):
    """An OAuth request that is refused; `error` is its code (RFC 6749 4.1.2.1 and 5.2).

    `replay` is for the audit alone: what works once was shown again, so somebody may hold a copy.
    """

    def __init__(self, error: str, sentence: str, *, replay: bool = False) -> None:
        super().__init__(sentence)
        self.error = error
        self.replay = replay


class ClientRefused(ProtocolRefused):
    """A program that isn't registered, isn't approved, or didn't prove who it is."""

    def __init__(
        self, sentence: str, error: str = "invalid_client", *, replay: bool = False
    ) -> None:
        super().__init__(error, sentence, replay=replay)


class TokenRefused(ProtocolRefused):
    """A token or code that is unknown, run out, used, revoked or somebody else's."""

    def __init__(
        self, sentence: str, error: str = "invalid_grant", *, replay: bool = False
    ) -> None:
        super().__init__(error, sentence, replay=replay)


class TooOften(SignInRefused):
    """Something was tried more often than allowed; the sentence says how long to wait."""
