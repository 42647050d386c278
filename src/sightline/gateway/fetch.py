"""Fetches a picture from an address that a client names, without becoming a door into the network we stand in.

Every connection, also after a redirect, is made to an address that was looked up and checked here: private, loopback
and other non-global ones are refused unless the setting allows them. So a name that changes its address between the
check and the connection gains nothing.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Iterable
from urllib.parse import urljoin, urlsplit

import httpcore

from sightline.domain.errors import BadRequest, TooLarge

REDIRECTS = 3
SECONDS = 10.0
"""For the whole fetch."""


class FetchFailed(BadRequest):
    """The address did not give a picture."""


class _Guarded(httpcore.AsyncNetworkBackend):
    """Connects to checked addresses only."""

    def __init__(self, *, allow_private: bool) -> None:
        self._inner = httpcore.AnyIOBackend()
        self._allow_private = allow_private

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # the signature is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [str(entry[4][0]) for entry in found]
        if not self._allow_private:
            for address in addresses:
                if not _public(address):
                    raise FetchFailed(
                        f"{host} is not an address of the public internet",
                        hint="send the image itself, or let the operator set SIGHTLINE_FETCH_PRIVATE=true",
                    )
        return await self._inner.connect_tcp(addresses[0], port, timeout, local_address, socket_options)

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def _public(address: str) -> bool:
    parsed = ipaddress.ip_address(address.partition("%")[0])
    inner: ipaddress.IPv4Address | None = None
    if isinstance(parsed, ipaddress.IPv6Address):
        # Addresses that only carry an IPv4 address are as public as that.
        inner = parsed.ipv4_mapped or parsed.sixtofour
        if parsed in _NAT64:
            inner = ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)
    judged = inner or parsed
    return judged.is_global and not judged.is_multicast


async def fetch(url: str, *, limit: int, allow_private: bool = False) -> bytes:
    """The bytes at an http(s) address, at most `limit`. Raises `BadRequest` or `TooLarge` that says why not."""
    try:
        async with (
            asyncio.timeout(SECONDS),
            httpcore.AsyncConnectionPool(network_backend=_Guarded(allow_private=allow_private)) as pool,
        ):
            for _ in range(REDIRECTS + 1):
                found = await _once(pool, url, limit)
                if isinstance(found, bytes):
                    return found
                url = found
    except TimeoutError as error:
        raise FetchFailed(f"the image did not come within {SECONDS:.0f} s", where="image") from error
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, OSError) as error:
        raise FetchFailed(
            f"the image cannot be fetched: {error or type(error).__name__}", where="image"
        ) from error
    raise FetchFailed(f"the image's address redirects more than {REDIRECTS} times", where="image")


async def _once(pool: httpcore.AsyncConnectionPool, url: str, limit: int) -> bytes | str:
    """The body, or the address that it redirects to."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise FetchFailed("only http and https addresses are fetched", where="image")
    headers = [("Host", parts.netloc.rpartition("@")[2]), ("User-Agent", "sightline"), ("Accept", "image/*")]
    async with pool.stream("GET", url, headers=headers) as response:
        if 300 <= response.status < 400:
            target = dict(response.headers).get(b"Location") or dict(response.headers).get(b"location")
            if target is None:
                raise FetchFailed(f"the image's address answers {response.status}", where="image")
            return urljoin(url, target.decode("latin-1"))
        if response.status != 200:
            raise FetchFailed(f"the image's address answers {response.status}", where="image")
        body = bytearray()
        async for chunk in response.aiter_stream():
            body += chunk
            if len(body) > limit:
                raise TooLarge(f"the image has more than {limit:,} bytes", where="image")
        return bytes(body)
