"""Outgoing calls: registered hosts only, at checked addresses, within limits."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bevan.kernel.destinations import Allowed, OutgoingRefused, public
from bevan.kernel.errors import ConfigurationError, Unavailable
from bevan.kernel.outgoing import Answer, Outgoing
from bevan.kernel.settings import Settings

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
Answering = Callable[[bytes], bytes]


@asynccontextmanager
async def server(
    answering: Answering, silent: bool = False
) -> AsyncIterator[tuple[int, list[bytes]]]:
    """A server on loopback; gives its port and what it was sent."""
    heard: list[bytes] = []
    serving: list[asyncio.Task[None]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.append(asyncio.current_task())  # type: ignore[arg-type]
        heard.append(await reader.read(65536))
        if silent:
            await reader.read()
        with suppress(ConnectionError):
            writer.write(answering(heard[-1]))
            await writer.drain()
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    running = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield running.sockets[0].getsockname()[1], heard
    finally:
        running.close()
        await asyncio.gather(*serving)
        await running.wait_closed()


def fixed(*answers: list[str]) -> tuple[Callable[[str, int], Awaitable[list[str]]], list[str]]:
    """A name server that gives one answer after the other, and what it was asked."""
    asked: list[str] = []

    async def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return answers[min(len(asked), len(answers)) - 1]

    return resolve, asked


def door(private: str = "", hosts: str = "", *answers: list[str]) -> Outgoing:
    allowed = Allowed.of(Settings(outgoing_hosts=hosts, outgoing_private=private))
    resolve, _ = fixed(*(answers or (["127.0.0.1"],)))
    return Outgoing(allowed, resolver=resolve)


async def refused(calling: Awaitable[Answer], reason: str) -> None:
    with pytest.raises(OutgoingRefused) as caught:
        await calling
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
        "169.254.169.254", "0.0.0.0", "100.64.0.1", "192.0.2.1", "224.0.0.1", "255.255.255.255",
        "240.0.0.1", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "fec0::1",
        "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1",
        "2002:7f00:1::", "2002:a00:1::1", "2001:db8::1", "nonsense", "", "127.1", "0x7f000001",
    ],
)  # fmt: skip
def test_addresses_inside_are_not_public(address: str) -> None:
    assert not public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700::1", "::ffff:1.1.1.1"])
def test_addresses_outside_are_public(address: str) -> None:
    assert public(address)


@given(st.ip_addresses(v=4))
def test_an_address_is_as_public_inside_ipv6_as_bare(address: object) -> None:
    assert public(f"::ffff:{address}") == public(str(address))


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://elsewhere.example/", "host"),
        ("https://good.example:8443/", "host"),
        ("https://good.example.evil.example/", "host"),
        ("http://good.example:443/", "scheme"),
        ("http://good.example/", "host"),
        ("https://user:word@good.example/", "address"),
        ("https://good.example@elsewhere.example/", "address"),
        ("file:///etc/passwd", "address"),
        ("gopher://good.example/", "address"),
        ("https://good.example\\@elsewhere.example/", "address"),
        ("https://good.example/\r\nX: y", "address"),
        ("https://good.example:99999/", "address"),
        ("https://", "address"),
        ("//good.example/", "address"),
        ("https://127.0.0.1/", "host"),
    ],
)
async def test_what_may_not_be_called(url: str, reason: str) -> None:
    await refused(door(hosts="good.example").send("GET", url), reason)


@pytest.mark.parametrize(
    "url", ["https://good.example/a?b=c#d", "HTTPS://GOOD.example./a", "https://good.example:443/"]
)
def test_a_registered_host_however_it_is_written(url: str) -> None:
    target = Allowed.of(Settings(outgoing_hosts="other.example:8443, Good.example")).target(url)
    assert (target.host, target.port, target.netloc) == ("good.example", 443, "good.example")
    assert "#" not in target.url


@pytest.mark.parametrize("text", ["https://good.example", "a/b", "*", "host:0", "host:99999", "é"])
def test_a_setting_that_is_no_host(text: str) -> None:
    with pytest.raises(ConfigurationError, match="BEVAN_OUTGOING_HOSTS"):
        Allowed.of(Settings(outgoing_hosts=text))


@pytest.mark.parametrize("inside", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1"])
async def test_a_public_host_that_leads_inside(inside: str) -> None:
    calling = door("", "good.example", ["1.1.1.1", inside]).send("GET", "https://good.example/")
    await refused(calling, "private address")


async def test_a_name_that_changes_its_mind_is_asked_once() -> None:
    async with server(lambda _: OK) as (port, heard):
        allowed = Allowed.of(Settings(outgoing_private=f"lab.example:{port}"))
        resolve, asked = fixed(["127.0.0.1"], ["10.255.255.1"])
        answer = await Outgoing(allowed, resolver=resolve).send(
            "GET", f"http://lab.example:{port}/x"
        )
    assert (answer.status, answer.body) == (200, b"hello")
    assert asked == ["lab.example"]
    assert heard[0].startswith(b"GET /x HTTP/1.1\r\n")
    assert f"Host: lab.example:{port}".encode() in heard[0]


async def test_the_machine_s_proxy_settings_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    async with server(lambda _: OK) as (port, _):
        host = f"lab.example:{port}"
        assert (await door(host).send("GET", f"http://{host}/")).status == 200


def moved(to: str) -> bytes:
    return f"HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()


@pytest.mark.parametrize(
    ("to", "reason"),
    [
        ("http://169.254.169.254/latest/meta-data", "host"),
        ("file:///etc/passwd", "address"),
        ("https://elsewhere.example/", "host"),
        ("//elsewhere.example/", "host"),
        ("/round", "redirects"),
    ],
)
async def test_a_redirect_passes_the_same_door(to: str, reason: str) -> None:
    async with server(lambda _: moved(to)) as (port, _):
        await refused(
            door(f"lab.example:{port}").send("GET", f"http://lab.example:{port}/"), reason
        )


async def test_a_post_is_never_sent_on() -> None:
    async with server(lambda _: moved("/there")) as (port, heard):
        host = f"lab.example:{port}"
        assert (await door(host).send("POST", f"http://{host}/", body=b"x")).status == 302
    assert len(heard) == 1


async def test_credentials_stay_with_the_host_they_are_for() -> None:
    async with server(lambda _: OK) as (second, heard):
        to = f"http://two.example:{second}/"
        async with server(lambda _: moved(to)) as (first, _):
            registered = f"one.example:{first} two.example:{second}"
            await door(registered).send(
                "GET",
                f"http://one.example:{first}/",
                headers={"Authorization": "Bearer x", "A": "b"},
            )
    assert b"authorization" not in heard[0].lower()
    assert b"A: b" in heard[0]


async def test_an_answer_that_is_too_large() -> None:
    big = (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        + b"400\r\n"
        + b"x" * 1024
        + b"\r\n"
    )
    async with server(lambda _: big * 1 + b"400\r\n" + b"x" * 1024 + b"\r\n0\r\n\r\n") as (port, _):
        with pytest.raises(Unavailable, match="larger"):
            await door(f"lab.example:{port}").send("GET", f"http://lab.example:{port}/", limit=1500)


async def test_an_answer_that_takes_too_long() -> None:
    began = time.monotonic()
    async with server(lambda _: OK, silent=True) as (port, _):
        with pytest.raises(Unavailable, match="too long"):
            await door(f"lab.example:{port}").send(
                "GET", f"http://lab.example:{port}/", seconds=0.2
            )
        assert time.monotonic() - began < 1.5


async def test_nobody_there_and_nonsense() -> None:
    async with server(lambda _: b"SSH-2.0 hello\r\n\r\n") as (port, _):
        with pytest.raises(Unavailable):
            await door(f"lab.example:{port}").send("GET", f"http://lab.example:{port}/")
    with pytest.raises(Unavailable):
        await door(f"lab.example:{port}").send("GET", f"http://lab.example:{port}/")


async def test_a_certificate_nobody_vouches_for() -> None:
    """Plain text where TLS is expected, as a stand-in for any handshake that fails."""
    async with server(lambda _: OK) as (port, _):
        with pytest.raises(Unavailable):
            await door(f"lab.example:{port}").send(
                "GET", f"https://lab.example:{port}/", seconds=1.0
            )


async def test_nothing_may_be_called_unless_it_was_registered() -> None:
    await refused(Outgoing(Allowed()).send("GET", "https://example.org/"), "host")
