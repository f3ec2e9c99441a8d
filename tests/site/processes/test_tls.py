"""Serving https with a certificate of the installation's own."""

from __future__ import annotations

import ssl
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from prove.serving import Serving

from bevan.kernel.errors import ConfigurationError
from bevan.kernel.settings import Settings
from bevan.site.processes.tls import context
from tests.site.processes.test_supervisor import BEVAN


def made(folder: Path, name: str = "server") -> tuple[Path, Path]:
    """A certificate for localhost, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(minutes=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    files = folder / f"{name}.pem", folder / f"{name}.key"
    files[0].write_bytes(certificate.public_bytes(pem))
    files[1].write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    files[1].chmod(0o600)
    return files


def settings(certificate: Path | None, key: Path | None) -> Settings:
    return Settings(tls_certificate=certificate, tls_key=key)


def test_without_a_certificate_there_is_no_tls() -> None:
    assert context(settings(None, None)) is None
    assert settings(None, None).public_url.startswith("http://")


def test_tls_12_or_later(tmp_path: Path) -> None:
    found = context(settings(*made(tmp_path)))
    assert found is not None and found.minimum_version == ssl.TLSVersion.TLSv1_2
    assert settings(*made(tmp_path)).public_url == "https://localhost:8000"


def test_files_that_do_not_fit(tmp_path: Path) -> None:
    certificate, key = made(tmp_path)
    _, another = made(tmp_path, "another")
    for one, two, said in (
        (certificate, None, "go together"),
        (None, key, "go together"),
        (certificate, another, "its own key"),
        (certificate, tmp_path / "none", "can't be read"),
        (key, key, "its own key"),
    ):
        with pytest.raises(ConfigurationError, match=said):
            context(settings(one, two))
    key.chmod(0o644)
    with pytest.raises(ConfigurationError, match="by everybody"):
        context(settings(certificate, key))


def test_a_running_server(tmp_path: Path) -> None:
    certificate, key = made(tmp_path)
    script = tmp_path / "bevan"
    script.write_text(
        f"#!/bin/sh\nBEVAN_TLS_CERTIFICATE='{certificate}' BEVAN_TLS_KEY='{key}' "
        f"BEVAN_FSYNC=false exec '{BEVAN}' \"$@\"\n"
    )
    script.chmod(0o700)
    server = Serving(script, tmp_path / "data", ("--port", "0"), tmp_path / "log")
    try:
        port = server.ready()
        trusting = ssl.create_default_context(cafile=str(certificate))
        address = f"https://localhost:{port}/"
        with urllib.request.urlopen(address, timeout=10, context=trusting) as answer:
            assert answer.status == 200
            assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
        old = ssl.create_default_context(cafile=str(certificate))
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_2
        assert urllib.request.urlopen(address, timeout=10, context=old).status == 200
        with pytest.raises(OSError):
            urllib.request.urlopen(f"http://localhost:{port}/", timeout=10)
    finally:
        server.stop()
