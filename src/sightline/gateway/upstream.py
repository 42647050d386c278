"""The inference server that we stand in front of: requests go through untouched, answers stream back."""

from collections.abc import AsyncIterator, Callable, Iterable
from urllib.parse import parse_qsl, urlencode

import httpx
import msgspec
from starlette.responses import Response, StreamingResponse

from sightline.domain.errors import SightlineError

# Headers that belong to one connection, not to the message.
_HOPS = frozenset(
    {
        "connection",
        "keep-alive",
        "te",
        "trailer",
        "trailers",
        "transfer-encoding",
        "upgrade",
        "host",
        "content-length",
    }
    | {"proxy-authenticate", "proxy-authorization", "proxy-connection"}
)
COPY = 32 * 1024 * 1024
"""Bytes of an answer that are copied for the record; a longer one is passed on but not recorded."""


class UpstreamFailed(SightlineError):
    """The inference server could not be reached."""

    status = 502


class UpstreamSlow(SightlineError):
    """The inference server did not answer in time."""

    status = 504


class Upstream:
    def __init__(self, address: str, *, api_key: str | None, seconds: float) -> None:
        self.address = address.rstrip("/")
        self._api_key = api_key
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(seconds, connect=5.0),
            limits=httpx.Limits(max_connections=200, max_keepalive_connections=50),
            follow_redirects=False,
            trust_env=False,
        )
        self._seconds = seconds

    @property
    def own_key(self) -> bool:
        """Whether our key is used there in place of the client's."""
        return self._api_key is not None

    async def forward(
        self,
        method: str,
        path: str,
        query: str,
        headers: Iterable[tuple[str, str]],
        body: bytes,
        *,
        done: Callable[[int, bytes], None] | None = None,
    ) -> Response:
        """Pass a request on and stream the answer back. `done` gets status and whole body once all of it has passed.

        Raises `UpstreamFailed` (502) and `UpstreamSlow` (504).
        """
        sent = [(name, value) for name, value in headers if name.lower() not in _HOPS]
        if done is not None:
            # The copy is read, so it must not be compressed.
            sent = [pair for pair in sent if pair[0].lower() != "accept-encoding"] + [
                ("accept-encoding", "identity")
            ]
        if self._api_key is not None:
            query, sent, body = self._rekeyed(query, sent, body)
        request = self._client.build_request(
            method, f"{self.address}{path}" + (f"?{query}" if query else ""), headers=sent, content=body
        )
        try:
            response = await self._client.send(request, stream=True)
        except httpx.TimeoutException as error:
            if isinstance(error, httpx.ConnectTimeout):
                raise UpstreamFailed(f"the inference server {self.address} cannot be reached") from error
            raise UpstreamSlow(f"the inference server did not answer within {self._seconds:g} s") from error
        except httpx.RequestError as error:
            reason = str(error) or type(error).__name__
            raise UpstreamFailed(
                f"the inference server {self.address} cannot be reached: {reason}"
            ) from error
        kept = [(name, value) for name, value in response.headers.multi_items() if name.lower() not in _HOPS]
        answer = StreamingResponse(_passing(response, done), status_code=response.status_code)
        answer.raw_headers = [
            (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in kept
        ]
        if length := response.headers.get("content-length"):
            answer.raw_headers.append((b"content-length", length.encode()))
        return answer

    def _rekeyed(
        self, query: str, headers: list[tuple[str, str]], body: bytes
    ) -> tuple[str, list[tuple[str, str]], bytes]:
        """Our key for theirs, wherever the client's stood; in the query if it stood nowhere."""
        key = str(self._api_key)
        kept = [
            (name, value) for name, value in headers if name.lower() not in ("authorization", "x-api-key")
        ]
        pairs = [
            (name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name != "api_key"
        ]
        if body[:1] == b"{":
            try:
                members = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
                if "api_key" in members:
                    body = msgspec.json.encode({**members, "api_key": key})
            except msgspec.DecodeError:
                pass  # not for us to judge: the inference server says what is wrong
        return urlencode([*pairs, ("api_key", key)]), kept, body

    async def close(self) -> None:
        await self._client.aclose()


async def _passing(
    response: httpx.Response, done: Callable[[int, bytes], None] | None
) -> AsyncIterator[bytes]:
    copy: bytearray | None = bytearray() if done is not None else None
    try:
        async for chunk in response.aiter_raw():
            if copy is not None:
                copy += chunk
                if len(copy) > COPY:
                    copy = None
            yield chunk
    except httpx.RequestError as error:
        if done is not None:
            done(UpstreamFailed.status, b'{"message":"the inference server broke off its answer"}')
        # The head of the answer has gone out; only a broken connection can tell the client now.
        raise UpstreamFailed("the inference server broke off its answer") from error
    finally:
        await response.aclose()
    if done is not None and copy is not None:
        done(response.status_code, bytes(copy))
