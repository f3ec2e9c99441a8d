"""Which claims a scope gives, at which level (the table of NHS login; CIS2's scopes for staff).

Pure: facts about a person in, claims out. What isn't known is left out and never null.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from bevan.identity.openid.vectors import LEVELS

# scope -> (lowest level, claims)
CITIZEN: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "profile": ("P5", ("nhs_number", "family_name", "birthdate", "identity_proofing_level")),
    "basic_demographics": ("P5", ("family_name", "birthdate", "identity_proofing_level")),
    "profile_extended": ("P5", ("given_name",)),
    "email": ("P0", ("email", "email_verified")),
    "phone": ("P0", ("phone_number", "phone_number_verified", "phone_number_pds_matched")),
    "landline": ("P0", ("landline_number", "landline_number_verified")),
    "gp_registration_details": ("P5", ("gp_ods_code",)),
    "gp_integration_credentials": ("P9", ("gp_user_id", "gp_linkage_key", "gp_ods_code")),
    "client_metadata": ("P0", ("client_user_metadata",)),
}
STAFF: Final[Mapping[str, tuple[str, ...]]] = {
    "profile": ("name", "family_name", "given_name", "uid"),
    "email": ("email", "email_verified"),
    "nationalrbacaccess": ("nhsid_nrbac_roles",),
}
WORDS: Final[Mapping[str, str]] = {
    "nhs_number": "your NHS number",
    "family_name": "your last name",
    "given_name": "your first names",
    "birthdate": "your date of birth",
    "identity_proofing_level": "how well your identity is proven",
    "email": "your email address",
    "phone_number": "your mobile number",
    "landline_number": "your landline number",
    "gp_ods_code": "which GP surgery you are registered with",
    "gp_user_id": "your surgery's name for your online account",
    "gp_linkage_key": "the key to your surgery's online services",
    "client_user_metadata": "what the service itself stored about you",
}


def citizen(scopes: Collection[str], level: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """A citizen's claims for granted scopes at the level that was shown."""
    allowed = {
        claim
        for scope in scopes
        if scope in CITIZEN and LEVELS.index(level) >= LEVELS.index(CITIZEN[scope][0])
        for claim in CITIZEN[scope][1]
    }
    return _known(allowed, facts)


def staff(scopes: Collection[str], facts: Mapping[str, Any]) -> dict[str, Any]:
    """A worker's claims for granted scopes."""
    return _known({claim for scope in scopes for claim in STAFF.get(scope, ())}, facts)


def shared(scopes: Collection[str], level: str) -> list[str]:
    """In words, what a client learns about a citizen: for the page that asks them."""
    named = {
        claim
        for scope in scopes
        if scope in CITIZEN and LEVELS.index(level) >= LEVELS.index(CITIZEN[scope][0])
        for claim in CITIZEN[scope][1]
    }
    return [words for claim, words in WORDS.items() if claim in named]


def _known(allowed: Collection[str], facts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        claim: value
        for claim, value in facts.items()
        if claim in allowed and value is not None and value != ""
    }
