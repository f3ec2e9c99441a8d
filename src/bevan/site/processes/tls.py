"""The server's certificate: TLS 1.2 or later, with the ciphers that Python counts as secure."""

from __future__ import annotations

import ssl

from bevan.kernel.errors import ConfigurationError
from bevan.kernel.settings import Settings


def context(settings: Settings) -> ssl.SSLContext | None:
    """What to serve https with; None where the settings name no certificate.

    Raises `ConfigurationError` where only one of the two files is named, one can't be read by us
    or can be read by others, or they don't belong together.
    """
    certificate, key = settings.tls_certificate, settings.tls_key
    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        raise ConfigurationError("BEVAN_TLS_CERTIFICATE and BEVAN_TLS_KEY go together.")
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        if key.stat().st_mode & 0o007:
            raise ConfigurationError(f"{key} can be read by everybody: run `chmod 640` on it.")
        made.load_cert_chain(certificate, key)
    except ssl.SSLError:
        raise ConfigurationError(
            "BEVAN_TLS_CERTIFICATE and BEVAN_TLS_KEY aren't a certificate and its own key."
        ) from None
    except OSError as fault:
        raise ConfigurationError(f"A TLS file can't be read: {fault.strerror}.") from None
    return made
