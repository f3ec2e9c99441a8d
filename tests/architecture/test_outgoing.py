"""Nothing but `kernel.outgoing` opens a connection to another system."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "bevan"

# Modules that speak to other systems, whole or by these names.
CLIENTS = frozenset(
    {
        *("http.client", "urllib.request", "xmlrpc.client", "ftplib", "smtplib", "imaplib"),
        *("httpx", "httpx2", "httpcore", "httpcore2", "requests", "aiohttp", "urllib3", "niquests"),
        *("pycurl", "websockets", "websocket", "paramiko", "telnetlib", "boto3", "botocore"),
    }
)
CALLS = frozenset({"open_connection", "create_connection", "sock_connect", "urlopen"})
# Each exception with its reason.
EXCEPT = {
    "kernel/outgoing.py": "the door itself",
    "kernel/pinned.py": "the door's connections",
    "access/chain/siem.py": "the SIEM, whose address only the installation's owner can set",
    "identity/mail.py": "the mail server, whose address only the installation's owner can set",
    "kernel/bucket.py": "stores in S3, whose addresses only the installation's owner can set",
    "site/processes/readiness.py": "asks our own server whether it answers",
}


def clients(text: str) -> Iterator[str]:
    """What in a module's text opens, or could open, a connection of its own."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            module = node.module or ""
            names = [module, *(f"{module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield from CALLS & {node.func.attr}
            continue
        else:
            continue
        for name in names:
            yield from CLIENTS & {name, name.split(".")[0]}


def found() -> dict[str, set[str]]:
    opening = {
        str(path.relative_to(SOURCE)): set(clients(path.read_text("utf-8")))
        for path in SOURCE.rglob("*.py")
    }
    return {path: what for path, what in opening.items() if what}


def test_only_the_door_opens_connections() -> None:
    assert {path: what for path, what in found().items() if path not in EXCEPT} == {}


def test_every_exception_is_still_needed() -> None:
    assert set(EXCEPT) == set(found())


def test_a_client_of_ones_own_is_found() -> None:
    text = (
        "import http.client\nfrom urllib import request\nimport requests as r\n"
        "from httpx import Client\nasyncio.open_connection('x', 1)\nsocket.create_connection(1)\n"
    )
    assert set(clients(text)) == {
        *("http.client", "urllib.request", "requests", "httpx"),
        *("open_connection", "create_connection"),
    }


def test_looking_at_addresses_is_not_calling_them() -> None:
    assert set(clients("from urllib.parse import urlsplit\nimport http, socket\n")) == set()
