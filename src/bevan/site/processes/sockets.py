"""The listening socket, bound once by the supervisor and shared by its web workers."""

from __future__ import annotations

import errno
import socket
import time

from bevan.kernel.errors import ConfigurationError

_BACKLOG = 2048


def listen(host: str, port: int, *, patience: float = 5.0) -> socket.socket:
    """A listening socket on `host` and `port` (0 picks one) that children inherit.

    A port that is still held by the children of a killed supervisor is tried for `patience`
    seconds. Raises `ConfigurationError` where it can't be had.
    """
    until = time.monotonic() + patience
    while True:
        try:
            return _bound(host, port)
        except OSError as fault:
            if fault.errno != errno.EADDRINUSE or time.monotonic() > until:
                raise ConfigurationError(_sentence(host, port, fault)) from None
            time.sleep(0.1)


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(_BACKLOG)
    except BaseException:
        listening.close()
        raise
    listening.set_inheritable(True)
    return listening


def _sentence(host: str, port: int, fault: OSError) -> str:
    if fault.errno == errno.EADDRINUSE:
        return f"Port {port} is in use: stop what uses it, or choose another with --port."
    if fault.errno == errno.EACCES:
        return f"Port {port} needs rights that this user doesn't have: choose one above 1023."
    return f"Can't listen on {host} port {port}: {fault.strerror}."
