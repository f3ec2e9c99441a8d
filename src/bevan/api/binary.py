"""A Binary in its own content type (FHIR R4 Binary, "Serving Binary Resources using RESTful APIs").

Asked for with an `Accept` that names no JSON, a Binary is answered as the bytes it holds. It comes
as a file that the browser may not open in our name: a page or a drawing that somebody stored must
not run here.
"""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error

from bevan.api.negotiation import speaks_json
from bevan.api.reply import Header, Reply
from bevan.fhir import json

_TYPE = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+\-]{0,126}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+\-]{0,126}"
)


def bare(type: str | None, accept: bytes, format: str | None) -> bool:
    """Whether a read is of a Binary's own content: it accepts something, and no JSON."""
    return type == "Binary" and format is None and bool(accept) and not speaks_json(accept)


def as_itself(content: bytes, headers: list[Header]) -> Reply:
    """A stored Binary as its own bytes; one without readable data is an empty file."""
    binary = json.decode(content)
    stated = str(binary.get("contentType", "")).partition(";")[0].strip()
    kind = stated if _TYPE.fullmatch(stated) else "application/octet-stream"
    try:
        data = b64decode(str(binary.get("data", "")))
    except Error:
        data = b""
    name = f'attachment; filename="{binary.get("id", "binary")}"'
    own = [(b"content-disposition", name.encode("ascii", "ignore"))]
    return Reply(200, data, [*headers, *own], kind=kind.encode())
