"""The root of the errors that a person is meant to read."""

from __future__ import annotations


class BevanError(Exception):
    """Something a person can understand and act on.

    The message is a whole sentence in plain English that holds nothing about a patient. The
    command line prints it as it is and leaves with `exit_code`.
    """

    exit_code: int = 1

    def __init__(self, sentence: str, *, exit_code: int | None = None) -> None:
        """Keep the sentence, and an exit code where it differs from the class's own."""
        super().__init__(sentence)
        self.sentence = sentence
        if exit_code is not None:
            self.exit_code = exit_code


class ConfigurationError(BevanError):
    """A setting that is missing, malformed or at odds with another."""

    exit_code = 2


class Unavailable(BevanError):
    """Something outside (the database, a disk, a bucket) doesn't answer."""

    exit_code = 3
