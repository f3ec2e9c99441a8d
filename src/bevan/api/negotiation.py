"""What the caller speaks and prefers: content types, `_format`, `_pretty` and `Prefer`.

FHIR R4 3.1.0.1.9 to 3.1.0.1.11 and 3.1.0.1.5. Only JSON is spoken; what can't be answered in
JSON is 406, what can't be read is 415.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote_plus

import msgspec

from bevan.api.errors import Refused, bad_request
from bevan.fhir import json

_JSON = frozenset({"application/fhir+json", "application/json", "text/json", "json"})
_ACCEPTED = _JSON | {"*/*", "application/*", "text/*"}
_PATCH = "application/json-patch+json"
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Preference:
    """What `Prefer` asks for; None where it says nothing."""

    returned: str | None = None
    handling: str | None = None


NOTHING_PREFERRED = Preference()


def check_accept(accept: bytes, format: str | None) -> None:
    """Raise Refused 406 unless JSON is among what the caller accepts. `_format` wins."""
    if format is not None:
        if format.partition(";")[0].strip() not in _JSON:
            raise _not_acceptable()
        return
    if not speaks_json(accept):
        raise _not_acceptable()


def speaks_json(accept: bytes) -> bool:
    """Whether JSON is among what the caller accepts; who says nothing accepts everything."""
    if not accept or accept in (b"*/*", b"application/fhir+json", b"application/json"):
        return True
    return any(_welcome(item) for item in accept.decode("latin-1").split(","))


def check_json(content_type: bytes) -> None:
    """Raise Refused 415 unless the body is declared as FHIR JSON."""
    if content_type in (b"application/fhir+json", b"application/json"):
        return
    _check(content_type, _JSON - {"json"}, "application/fhir+json")


def check_patch(content_type: bytes) -> None:
    """Raise Refused 415 unless the body is declared as JSON Patch."""
    _check(content_type, frozenset({_PATCH}), _PATCH)


def check_form(content_type: bytes) -> None:
    """Raise Refused 415 unless the body is declared as a form (POST `_search`)."""
    _check(content_type, frozenset({_FORM}), _FORM)


def preference(prefer: bytes) -> Preference:
    """Read `Prefer`; values that aren't known are no preference (RFC 7240 section 2)."""
    if not prefer:
        return NOTHING_PREFERRED
    found: dict[str, str] = {}
    for item in prefer.decode("latin-1").replace(";", ",").split(","):
        name, _, value = item.strip().partition("=")
        found.setdefault(name.strip().lower(), value.strip().strip('"'))
    returned, handling = found.get("return"), found.get("handling")
    return Preference(
        returned if returned in ("minimal", "representation", "OperationOutcome") else None,
        handling if handling in ("strict", "lenient") else None,
    )


def take_presentation(query: str) -> tuple[str, str | None, bool]:
    """Split `_format` and `_pretty` off a query: what is left, the format, pretty or not."""
    if "_format=" not in query and "_pretty=" not in query:
        return query, None, False
    kept: list[str] = []
    format, pretty = None, False
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if name == "_format":
            # A plus in `application/fhir+json` is often sent as it is, so it isn't a space here.
            format = unquote_plus(value.replace("+", "%2B"))
        elif name == "_pretty":
            pretty = _boolean(value)
        else:
            kept.append(part)
    return "&".join(kept), format, pretty


def prettify(body: bytes) -> bytes:
    """The same JSON, indented; numbers keep their text."""
    return msgspec.json.format(body, indent=2) if body else body


def decoded(body: bytes) -> object:
    """The body as plain values. Raises Refused 400 with the place of the fault."""
    if not body:
        raise bad_request("The body is empty.", code="structure")
    try:
        return json.decode(body)
    except json.Malformed as fault:
        raise bad_request(str(fault), code="structure") from None


def _check(content_type: bytes, known: frozenset[str], expected: str) -> None:
    name, _, rest = content_type.decode("latin-1").lower().partition(";")
    charset = rest.partition("charset=")[2].partition(";")[0].strip().strip('"')
    if name.strip() not in known:
        raise Refused(415, "not-supported", f"The body must be sent as {expected}.")
    if charset not in ("", "utf-8"):
        raise Refused(415, "not-supported", "The body must be in UTF-8.")


def _welcome(item: str) -> bool:
    name, _, rest = item.partition(";")
    refused = any(
        word.strip().startswith("q=") and not word.strip(" q=0.") for word in rest.split(";")
    )
    return name.strip().lower() in _ACCEPTED and not refused


def _boolean(value: str) -> bool:
    if value not in ("true", "false"):
        raise bad_request("_pretty must be true or false.", expression="_pretty")
    return value == "true"


def _not_acceptable() -> Refused:
    return Refused(406, "not-supported", "This server answers in application/fhir+json only.")
