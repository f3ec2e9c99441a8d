"""Somebody else's app: pages on an origin of their own that use npm's fhirclient as it is."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.clients.packages import fetched

SCOPE = (
    "launch/patient openid fhirUser patient/Observation.rs patient/Patient.r "
    "patient/Practitioner.r offline_access"
)
PAGE = (
    "<!doctype html><html lang=en><title>App</title><p id=told></p><script src=/client.js></script>"
)
READY = """<script>
FHIR.oauth2.ready().then(async client => {
  const person = await client.patient.read();
  const user = await client.user.read();
  const found = await client.request("Observation?_count=1");
  const fresh = await client.refresh();
  const again = await client.patient.read();
  told.textContent = JSON.stringify({
    person: person.id, user: user.resourceType, found: found.resourceType,
    scope: client.state.tokenResponse.scope, again: again.id, fresh: !!fresh.tokenResponse });
}).catch(fault => { told.textContent = "failed: " + fault.message; });
</script>"""
START = """<script>
FHIR.oauth2.authorize({clientId: "growth", scope: "%s", redirectUri: "back"});
</script>"""


def client_script() -> bytes:
    """The library's own bundle, as the lock file pins it; skips, or fails where CI=true."""
    return (fetched("fhirclient") / "fhirclient" / "build" / "fhir-client.js").read_bytes()


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@contextmanager
def app(script: bytes) -> Iterator[str]:
    """The app's address while it is served: /launch, /alone (with ?iss=) and /back."""
    start = START % SCOPE
    pages = {
        "/client.js": script,
        "/launch": (PAGE + start.replace("launch/patient", "launch")).encode(),
        "/alone": (PAGE + start).encode(),
        "/back": (PAGE + READY).encode(),
    }

    class Served(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = pages.get(self.path.split("?")[0])
            self.send_response(404 if body is None else 200)
            kind = "text/javascript" if self.path == "/client.js" else "text/html"
            self.send_header("content-type", kind)
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Served)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
