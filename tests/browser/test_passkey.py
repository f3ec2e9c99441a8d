"""Registering and signing in with a passkey in a real browser, at both widths."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect

from bevan.kernel.settings import Settings
from bevan.site.application import build
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.region import Announcing
from tests.support.databases import Databases

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site at localhost, which passkeys need, on a port that is known beforehand."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    name = asyncio.run_coroutine_threadsafe(databases.migrated(), loop).result(120)
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    url = f"http://localhost:{listening.getsockname()[1]}"
    data: Path = tmp_path_factory.mktemp("data")
    dsn = databases.dsn(name)
    settings = Settings(data=data, demo=True, database_url=dsn, base_url=url)
    server = Announcing(uvicorn.Config(build(settings, dsn), log_config=None))
    serving = asyncio.run_coroutine_threadsafe(server.serve([listening]), loop)
    assert server.listening.wait(60)
    yield url
    server.should_exit = True
    serving.result(30)
    asyncio.run_coroutine_threadsafe(databases.drop(name), loop).result(30)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(30)
    loop.close()


def with_authenticator(browser: Browser, url: str, size: tuple[int, int]) -> Page:
    """A page of a browser that holds a virtual authenticator."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, base_url=url)
    page = context.new_page()
    tools = context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    tools.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
                     "hasUserVerification": True, "isUserVerified": True,
                     "automaticPresenceSimulation": True}},
    )  # fmt: skip
    return page


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_register_with_a_passkey_and_sign_in_again(
    browser: Browser, address: str, size: tuple[int, int], nothing_found: Callable[[Page], None]
) -> None:
    page = with_authenticator(browser, address, size)
    page.goto("/sign-in/citizen")
    nothing_found(page)
    page.get_by_role("link", name="Register").click()
    page.get_by_label("Email address").fill(f"ada{size[0]}@example.org")
    nothing_found(page)
    page.get_by_role("button", name="Send me a code").click()
    asking = page.url
    page.goto("/outbox")
    code = page.get_by_role("heading", level=2).first.inner_text().split()[0]
    page.goto(asking)
    page.get_by_label("Code").fill(code)
    nothing_found(page)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Name for this passkey").fill("My phone")
    nothing_found(page)
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    expect(page.get_by_text("My phone").first).to_be_visible()
    nothing_found(page)
    page.context.clear_cookies()
    page.goto("/sign-in/citizen")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="Where you are signed in")).to_be_visible()
    page.get_by_role("button", name="End all others").click()
    expect(page.get_by_role("status")).to_have_text("Ended.")
    page.context.close()
