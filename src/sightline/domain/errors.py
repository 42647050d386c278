"""The tree of errors a caller can meet. Each carries its HTTP status, so that every door answers alike.

SightlineError
├── BadRequest            400  what was sent cannot be understood; `where` is its JSON path
│   └── FilterError       400  a written filter cannot be understood; `column` is the spot
├── Unauthorized          401  no key, or a key nobody knows
├── Forbidden             403  a key of another workspace, or without the scope that is needed
├── NotFound              404
├── Conflict              409
├── TooLarge              413  over a limit; the message says which
├── Busy                  503  a queue is full; `retry_after` seconds
├── Unavailable           503  shutting down, or a part cannot be reached
└── DiskFull              507  nothing was stored; room must be made
"""


class SightlineError(Exception):
    """What happened (`message`), where (`where`) and what to do (`hint`)."""

    status = 500

    def __init__(self, message: str, *, where: str | None = None, hint: str | None = None) -> None:
        super().__init__(message if where is None else f"{where}: {message}")
        self.message = message
        self.where = where
        self.hint = hint


class BadRequest(SightlineError):
    status = 400


class FilterError(BadRequest):
    """A filter that cannot be understood. `column` counts characters from 0 in the filter's text."""

    def __init__(self, message: str, *, column: int, hint: str | None = None) -> None:
        super().__init__(message, where=f"filter, column {column + 1}", hint=hint)
        self.column = column


class Unauthorized(SightlineError):
    status = 401


class Forbidden(SightlineError):
    status = 403


class NotFound(SightlineError):
    status = 404


class Conflict(SightlineError):
    status = 409


class TooLarge(SightlineError):
    status = 413


class Busy(SightlineError):
    """`retry_after` is in whole seconds."""

    status = 503

    def __init__(self, message: str, *, retry_after: int = 1, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class Unavailable(SightlineError):
    status = 503


class DiskFull(SightlineError):
    status = 507
