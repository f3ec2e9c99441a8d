"""Files that pages load: addressed with a hash of their content, so that they may be kept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from importlib.resources import files
from pathlib import Path

from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from bevan.web.app import App

KEPT = "public, max-age=31536000, immutable"


class HashedFiles(StaticFiles):
    """Static files; with ``?v=`` kept for a year, without it asked for again each time."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        asked = b"v=" in scope.get("query_string", b"") or path.endswith(".woff2")
        response.headers["Cache-Control"] = KEPT if asked else "no-cache"
        return response


def folders(apps: Iterable[App]) -> Mapping[str, Path]:
    """Name in the address → folder: ``web`` and every app that has a ``static`` folder."""
    named = {"web": "bevan.web", **{app.name: app.package for app in apps}}
    found = {name: Path(str(files(package))) / "static" for name, package in named.items()}
    return {name: folder for name, folder in found.items() if folder.is_dir()}


def mounts(apps: Iterable[App]) -> list[Mount]:
    """``/static/<name>/…`` for each folder."""
    return [
        Mount(f"/static/{name}", HashedFiles(directory=folder), name=f"static-{name}")
        for name, folder in folders(apps).items()
    ]


def addresses(apps: Iterable[App]) -> Callable[..., str]:
    """A function from ``("base.css")`` or ``("x.css", "care_record")`` to the hashed address."""
    hashes = {
        (name, path.relative_to(folder).as_posix()): _digest(path)
        for name, folder in folders(apps).items()
        for path in folder.rglob("*")
        if path.is_file()
    }

    def static(path: str, owner: str = "web") -> str:
        mark = hashes.get((owner, path))
        return f"/static/{owner}/{path}" + (f"?v={mark}" if mark else "")

    return static


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
