"""Fetching a picture from an address: what is followed, what is refused."""

import asyncio
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from sightline.domain.errors import BadRequest, TooLarge
from sightline.gateway.fetch import _public, fetch


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        """Nothing."""

    def do_GET(self) -> None:
        if self.path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to/"))
            self.end_headers()
            return
        self.send_response(404 if self.path == "/missing" else 200)
        self.end_headers()
        self.wfile.write(b"x" * (1000 if self.path == "/large" else 10))


@pytest.fixture
def site() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def get(url: str, *, limit: int = 100, allow_private: bool = True) -> bytes:
    return asyncio.run(fetch(url, limit=limit, allow_private=allow_private))


def test_what_is_there_comes(site: str) -> None:
    assert get(f"{site}/small") == b"x" * 10
    assert get(f"{site}/to//small") == b"x" * 10


def test_what_is_wrong_is_said(site: str) -> None:
    with pytest.raises(TooLarge, match="more than 100 bytes"):
        get(f"{site}/large")
    with pytest.raises(BadRequest, match="answers 404"):
        get(f"{site}/missing")
    with pytest.raises(BadRequest, match="redirects more than 3 times"):
        get(f"{site}/to//to//to//to//to//small")
    with pytest.raises(BadRequest, match="only http"):
        get(f"{site}/to/file:///etc/passwd")
    with pytest.raises(BadRequest, match="cannot be fetched"):
        get("http://127.0.0.1:1/x")
    with pytest.raises(BadRequest, match="cannot be fetched"):
        get("http://name.invalid/x")


def test_loopback_is_refused_unless_allowed(site: str) -> None:
    with pytest.raises(BadRequest, match="not an address of the public internet"):
        get(f"{site}/small", allow_private=False)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("10.0.0.1", False),
        ("172.16.3.4", False),
        ("192.168.1.1", False),
        ("127.0.0.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("2002:7f00:0001::", False),
        ("64:ff9b::7f00:1", False),
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert _public(address) is public
