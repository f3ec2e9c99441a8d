"""A web worker: `python -m bevan.site.processes.web FILE`, FILE the listening socket's number."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
import sys

import uvicorn

from bevan.kernel import logs, settings
from bevan.kernel.errors import BevanError
from bevan.site.processes import corked, tls
from bevan.site.processes.parent import die_with_supervisor

_GRACE = 10
_KEEP_ALIVE = 30


class Server(uvicorn.Server):
    """uvicorn, with the objects made at start-up left out of later garbage collections."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then freeze: start-up's tables live as long as the process."""
        await super().startup(sockets=sockets)
        gc.collect()
        gc.freeze()
        gc.set_threshold(100_000, 50, 50)


def serve(listening: socket.socket) -> int:
    """Serve the application on `listening` until SIGTERM; 0 when it ended in order."""
    from bevan.site.application import build

    chosen = settings.load()
    if chosen.database_url is None:
        raise BevanError("A web worker is started by `bevan up`, which tells it its database.")
    config = uvicorn.Config(
        build(chosen, chosen.database_url),
        loop="uvloop" if sys.platform != "win32" else "asyncio",
        http=corked.Protocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=False,
        timeout_keep_alive=_KEEP_ALIVE,
        timeout_graceful_shutdown=_GRACE,
        backlog=2048,
    )
    config.load()
    config.ssl = tls.context(chosen)
    server = Server(config)
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(server.serve(sockets=[listening]))
    return 0 if server.started else 3


def main() -> int:
    """Take over the socket and serve."""
    die_with_supervisor()
    chosen = settings.load()
    logs.configure("web", level=chosen.log_level, pid=os.getpid())
    return serve(socket.socket(fileno=int(sys.argv[1])))


if __name__ == "__main__":
    sys.exit(main())
