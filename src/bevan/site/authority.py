"""The authorisation server of one installation."""

from __future__ import annotations

from bevan.api.oauth.authority import Authority
from bevan.record.address import FHIR
from bevan.site.composition import Composition


def authority(made: Composition) -> Authority:
    """What the endpoints work with; tokens go by the machine's clock, as sessions do."""
    issuer = made.settings.public_url
    return Authority(
        issuer=issuer,
        fhir=issuer + FHIR,
        clients=made.clients,
        assertions=made.assertions,
        tokens=made.app_tokens,
        keys=made.keys,
        now=made.machine.now,
        survivors=made.survivors,
    )
