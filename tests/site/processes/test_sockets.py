"""The listening socket is bound once, and a port in use is told in a sentence."""

from __future__ import annotations

import os
import socket

import pytest

from bevan.kernel.errors import ConfigurationError
from bevan.site.processes.sockets import listen


def test_listens_and_can_be_inherited() -> None:
    with listen("127.0.0.1", 0) as listening:
        assert os.get_inheritable(listening.fileno())
        with socket.create_connection(listening.getsockname()):
            pass


def test_a_port_in_use() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"Port {port} is in use"):
            listen("127.0.0.1", port, patience=0.0)


def test_a_port_that_gets_free_in_time() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
    with listen("127.0.0.1", port, patience=0.0) as listening:
        assert listening.getsockname()[1] == port


def test_an_address_that_is_not_ours() -> None:
    with pytest.raises(ConfigurationError, match=r"Can't listen on 192\.0\.2\.1"):
        listen("192.0.2.1", 0)
