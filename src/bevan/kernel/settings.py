"""What an installation can set, each from the environment (prefix `BEVAN_`) or from a file.

Secrets can be handed over as files: `BEVAN_DATABASE_URL_FILE=/run/secrets/url` is read as if the
file's text were in `BEVAN_DATABASE_URL`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from bevan.kernel.errors import ConfigurationError

PREFIX = "BEVAN_"
SECRET = frozenset(
    {
        *("database_app_url", "database_url", "s3_secret_key", "smtp_password"),
        *("citizen_login_key", "staff_login_key"),
    }
)


class Settings(BaseSettings):
    """The settings of one installation; immutable, and the same in every one of its processes."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    data: Path = Field(Path(".bevan"), description="Folder of the installation's data.")
    database_url: str | None = Field(
        None, description="PostgreSQL to use; without it, an embedded one in the data folder."
    )
    database_app_url: str | None = Field(
        None, description="The same database as a role with least rights, for serving."
    )
    host: str = Field("127.0.0.1", description="Address that the web server listens on.")
    port: int = Field(8000, ge=0, le=65535, description="Port of the web server; 0 picks one.")
    tls_certificate: Path | None = Field(
        None, description="PEM file of the certificate chain to serve https with."
    )
    tls_key: Path | None = Field(None, description="PEM file of that certificate's key.")
    workers: int = Field(1, ge=1, le=256, description="Web worker processes.")
    pool: int = Field(8, ge=2, le=200, description="Database connections of each process.")
    audit_place: str | None = Field(
        None,
        description="Second place for the audit's signed links, a folder of another machine or "
        "s3://bucket/prefix; without it, `audit` in the data folder.",
    )
    audit_siem: str | None = Field(
        None,
        description="Where audit entries go besides as JSON lines: file:///path or "
        "tcp://host:port (syslog).",
    )
    audit_years: int | None = Field(
        None,
        ge=8,
        le=200,
        description="Years for which audit entries are kept; without it, for good.",
    )
    base_url: str | None = Field(
        None, description="Address that people and systems use, where it isn't host and port."
    )
    trusted_proxies: str = Field(
        "",
        description="Addresses or networks of proxies in front of Bevan, such as 10.0.0.0/8; what "
        "they say of a request's origin is believed, and nobody else's word is.",
    )
    rate_caller: int = Field(
        100,
        ge=0,
        description="Requests a second from one token or session, for each worker; ten seconds' "
        "worth may come at once; 0 sets no limit.",
    )
    rate_address: int = Field(
        500, ge=0, description="Requests a second from one address, likewise."
    )
    rate_token: int = Field(
        20,
        ge=0,
        description="Requests a second from one address at endpoints for tokens, likewise.",
    )
    demo: bool = Field(False, description="Serve the fictional region and mark every page.")
    people: int = Field(1000, ge=12, description="People of the fictional region.")
    seed: int = Field(1, ge=0, description="Seed of the fictional region.")
    rules: Path | None = Field(
        None, description="The region's own access rules; without it, those that ship."
    )
    hash_bits: int = Field(
        64, ge=16, le=64, description="Width of search hashes; lower only in tests."
    )
    profiles: Literal["off", "warn", "refuse"] = Field(
        "off",
        description="What becomes of a write that breaks a profile it claims: nothing, words in an "
        "OperationOutcome if the client prefers one, or a refusal.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least serious log line that is written."
    )
    objects_url: str | None = Field(
        None, description="s3://bucket/prefix for large objects; without it, a folder."
    )
    s3_endpoint: str | None = Field(None, description="Endpoint of the S3 service.")
    s3_access_key: str | None = Field(None, description="Access key of the S3 service.")
    s3_secret_key: str | None = Field(None, description="Secret key of the S3 service.")
    outgoing_hosts: str = Field(
        "", description="Hosts that Bevan may call over https, such as example.org lab.org:8443."
    )
    outgoing_private: str = Field(
        "", description="Hosts that Bevan may call though they are on a private network."
    )
    pds_url: str | None = Field(
        None,
        description="FHIR address of the Personal Demographics Service, whose host is registered "
        "too; a demonstration has its own.",
    )
    pds_token_url: str | None = Field(
        None,
        description="Token endpoint of the Personal Demographics Service, for access as an "
        "application by an assertion that is signed with Bevan's own key.",
    )
    pds_client: str | None = Field(None, description="Bevan's client id (API key) at that service.")
    smtp_host: str | None = Field(None, description="SMTP server for emails to people.")
    smtp_port: int = Field(587, ge=1, le=65535, description="Port of the SMTP server.")
    smtp_tls: bool = Field(True, description="Start TLS before anything is sent by SMTP.")
    smtp_user: str | None = Field(None, description="User name at the SMTP server.")
    smtp_password: str | None = Field(None, description="Password at the SMTP server.")
    mail_from: str | None = Field(None, description="Address that emails to people come from.")
    citizen_login_issuer: str | None = Field(
        None, description="Issuer at which citizens sign in; without it, Bevan's own provider."
    )
    citizen_login_client: str = Field(
        "bevan", description="Our client id at the citizens' provider."
    )
    citizen_login_key: str | None = Field(
        None, description="RSA key (PEM) that proves us there; without it, Bevan's own keys."
    )
    staff_login_issuer: str | None = Field(
        None, description="Issuer at which staff sign in; without it, Bevan's own provider."
    )
    staff_login_client: str = Field("bevan", description="Our client id at the staff's provider.")
    staff_login_key: str | None = Field(
        None, description="RSA key (PEM) that proves us there; without it, Bevan's own keys."
    )
    search_cost: float = Field(
        2_000_000,
        gt=0,
        description="What PostgreSQL may expect a search over everybody to cost, in its own units;"
        " one that costs more is refused before it runs.",
    )
    search_seconds: int = Field(
        10, ge=1, le=600, description="Seconds after which a search is ended and refused."
    )
    search_explains: bool = Field(
        False,
        description="Let everybody have a search explained (`_explain=true`), not only systems "
        "that may read everything.",
    )
    fsync: bool = Field(
        True, description="Wait for the disk at each commit of the embedded PostgreSQL."
    )
    postgres: Literal["wheel", "system"] = Field(
        "wheel", description="Embedded PostgreSQL to prefer: the packaged one or the system's."
    )

    @property
    def public_url(self) -> str:
        """The address to print and to put into links, without a slash at its end."""
        scheme = "https" if self.tls_certificate else "http"
        return (self.base_url or f"{scheme}://{_shown(self.host)}:{self.port}").rstrip("/")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments first, then the environment, then files that the environment names."""
        return init_settings, env_settings, NamedFiles(settings_cls)


class NamedFiles(PydanticBaseSettingsSource):
    """Reads a setting from the file that `BEVAN_<SETTING>_FILE` names."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """The text of the named file, or None where no file is named."""
        path = os.environ.get(f"{PREFIX}{field_name.upper()}_FILE")
        if path is None:
            return None, field_name, False
        try:
            return Path(path).read_text("utf-8").strip(), field_name, False
        except OSError as fault:
            raise ConfigurationError(
                f"{PREFIX}{field_name.upper()}_FILE names a file that can't be read: "
                f"{fault.strerror}."
            ) from None

    def __call__(self) -> dict[str, Any]:
        """Every setting that a named file gives."""
        found = {
            name: self.get_field_value(field, name)[0]
            for name, field in self.settings_cls.model_fields.items()
        }
        return {name: value for name, value in found.items() if value is not None}


def load(given: Mapping[str, Any] | None = None) -> Settings:
    """The settings of this process: what is `given`, then the environment.

    Values of None in `given` count as not given. Raises `ConfigurationError` with one sentence
    that names every faulty setting and never repeats a secret.
    """
    try:
        return Settings(**{k: v for k, v in (given or {}).items() if v is not None})
    except ValidationError as fault:
        raise ConfigurationError(_sentence(fault)) from None


def environment(settings: Settings) -> dict[str, str]:
    """The variables that make a child process load exactly these settings."""
    shown = settings.model_dump(mode="json", exclude_none=True)
    return {f"{PREFIX}{name.upper()}": _text(value) for name, value in shown.items()}


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _sentence(fault: ValidationError) -> str:
    faults = [
        f"{PREFIX}{'.'.join(map(str, error['loc'])).upper()}: {error['msg'].lower()}"
        for error in fault.errors(include_input=False)
    ]
    return f"Settings can't be used: {'; '.join(faults)}."


def _shown(host: str) -> str:
    if host in {"127.0.0.1", "::1", "0.0.0.0", "::"}:  # noqa: S104 (compared, not bound)
        return "localhost"
    return f"[{host}]" if ":" in host else host
