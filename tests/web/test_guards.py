"""What keeps pages safe: the policy, same-site posts, redirects, strict templates."""

from __future__ import annotations

import re

import pytest
from jinja2 import UndefinedError
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bevan.web.csp import ContentSecurity
from bevan.web.csrf import allowed
from bevan.web.environment import environment
from bevan.web.pages import inside
from bevan.web.static_files import addresses, folders


@pytest.mark.parametrize(
    ("method", "headers", "passes"),
    [
        ("GET", {"sec-fetch-site": "cross-site"}, True),
        ("POST", {"sec-fetch-site": "same-origin"}, True),
        ("POST", {"sec-fetch-site": "cross-site", "origin": "https://bevan.test"}, False),
        ("POST", {"sec-fetch-site": "same-site"}, False),
        ("POST", {"origin": "https://bevan.test", "host": "bevan.test"}, True),
        ("POST", {"origin": "https://evil.test", "host": "bevan.test"}, False),
        ("POST", {"origin": "null", "host": "bevan.test"}, False),
        ("POST", {"host": "bevan.test"}, False),
    ],
)
def test_same_site_posts_only(method: str, headers: dict[str, str], passes: bool) -> None:
    assert allowed(method, Headers(headers)) is passes


async def headers_of(app: Starlette) -> dict[str, str]:
    found: dict[str, str] = {}

    async def send(message: dict[str, object]) -> None:
        if message["type"] == "http.response.start":
            found.update({k.decode(): v.decode() for k, v in message["headers"]})  # type: ignore[attr-defined]

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b"",
             "root_path": "", "scheme": "http", "server": ("bevan.test", 80)}  # fmt: skip
    await app(scope, receive, send)  # type: ignore[arg-type]
    return found


async def test_policy_with_a_fresh_nonce_each_time() -> None:
    nonces = []

    async def page(request: Request) -> PlainTextResponse:
        nonces.append(request.state.nonce)
        return PlainTextResponse("hello")

    inner = Starlette(routes=[Route("/", page)])
    app = ContentSecurity(inner)
    first = await headers_of(app)  # type: ignore[arg-type]
    await headers_of(app)  # type: ignore[arg-type]
    policy = first["content-security-policy"]
    assert f"'nonce-{nonces[0]}'" in policy and nonces[0] != nonces[1]
    assert "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert first["cache-control"] == "no-store"
    assert first["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("/record/1", "/record/1"),
        ("https://evil.test", "/"),
        ("//evil.test", "/"),
        ("/\\evil.test", "/"),
        ("", "/"),
        (None, "/"),
    ],
)
def test_going_on_stays_on_this_site(address: str | None, kept: str) -> None:
    assert inside(address) == kept


def test_our_templates_refuse_unknown_names_and_escape() -> None:
    made = environment()
    with pytest.raises(UndefinedError):
        made.from_string("{{ nobody_gave_this }}").render()
    assert made.from_string("{{ x }}").render(x="<b>") == "&lt;b&gt;"


def test_the_design_system_draws_through_its_own_environment() -> None:
    field = {"id": "a", "name": "a", "label": {"text": "<Name>"}}
    html = environment().from_string('{{ nhs("input", f) }}').render(f=field)
    assert 'id="a"' in html and "&lt;Name&gt;" in html


def test_addresses_carry_the_hash_of_the_content() -> None:
    static = addresses([])
    assert re.fullmatch(r"/static/web/theme\.css\?v=[0-9a-f]{12}", static("theme.css"))
    assert static("nothing.css") == "/static/web/nothing.css"


def test_style_sheets_load_nothing_from_elsewhere() -> None:
    for path in folders([])["web"].rglob("*.css"):
        text = path.read_text("utf-8")
        assert not re.search(r"url\(\s*['\"]?(https?:)?//", text), path.name
        assert "Frutiger" not in text, path.name


def test_our_style_sheets_use_the_tokens_for_text_colours() -> None:
    for path in folders([])["web"].glob("*.css"):
        if path.name == "theme.css":
            continue
        colours = re.findall(r"(?<![-\w])color:\s*([^;}]+)", path.read_text("utf-8"))
        strange = {c.strip() for c in colours} - {"#fff", "inherit", "currentColor", "#000",
                                                  "#000 !important", "#e6f0f1", "#64174b",
                                                  "#e1eff0"}  # fmt: skip
        assert all(c.startswith("var(--bv-") for c in strange), (path.name, strange)
