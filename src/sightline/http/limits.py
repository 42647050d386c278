"""The size of a request's body: refused by its announced length, or as soon as more has come than is allowed."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sightline.domain.errors import TooLarge


class BodyLimit:
    """Raises `TooLarge` out of the handler's reading, so that the answer has the shape of every error."""

    def __init__(self, app: ASGIApp, *, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        size = 0

        async def limited() -> Message:
            nonlocal size
            if announced.isdigit() and int(announced) > self._limit:
                raise self._too_large()
            message = await receive()
            size += len(message.get("body", b""))
            if size > self._limit:
                raise self._too_large()
            return message

        await self._app(scope, limited, send)

    def _too_large(self) -> TooLarge:
        return TooLarge(
            f"the body is larger than {self._limit} bytes",
            hint="send several requests, or raise SIGHTLINE_LIMIT_BODY",
        )
