"""Serving: one process, uvicorn, and an end that loses nothing."""

import gc
import logging
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette

from sightline.domain.errors import Unavailable
from sightline.http.app import create_app
from sightline.settings import Settings

GRACE = 5
"""Seconds that open requests and streams get to end once we are told to stop."""


def serve(settings: Settings, announce: Callable[[str], None]) -> None:
    """Until SIGTERM or SIGINT. What a person should know is told line by line to `announce`.

    `Unavailable` where the address cannot be listened on; nothing was made then.
    """
    _log_to_stderr(settings.log_level)
    listener = listen(settings.host, settings.port)
    with listener:
        app = create_app(settings)
        for line in greeting(app, address_of(listener, settings.host)):
            announce(line)
        server = uvicorn.Server(
            uvicorn.Config(
                app,
                log_config=None,
                log_level=None,
                access_log=False,
                timeout_graceful_shutdown=GRACE,
                server_header=False,
            )
        )
        # What the start made stays; and reports make many objects that soon go. Measured: twice the reports a second.
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 100)
        with _terminated_is_ended():
            server.run(sockets=[listener])


def _log_to_stderr(level: str) -> None:
    logging.basicConfig(level=level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    if level == "info":
        for talkative in ("alembic", "uvicorn"):
            logging.getLogger(talkative).setLevel(logging.WARNING)
    for indiscreet in ("httpx", "httpcore"):  # they log whole addresses, with the keys in them
        logging.getLogger(indiscreet).setLevel(logging.WARNING)


@contextmanager
def _terminated_is_ended() -> Iterator[None]:
    """uvicorn, once it has shut down, sends itself the signal again. SIGTERM is how a server ends, not how it fails."""
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        reason = error.strerror or str(error)
        raise Unavailable(
            f"cannot listen on {host} port {port}: {reason}",
            hint="is Sightline running already? Choose another with SIGHTLINE_PORT or --port",
        ) from error


def address_of(listener: socket.socket, host: str) -> str:
    """The URL to reach it by, from this machine where it listens on all addresses."""
    port = listener.getsockname()[1]
    shown = "127.0.0.1" if host in ("", "0.0.0.0", "::") else f"[{host}]" if ":" in host else host  # noqa: S104  # compared
    return f"http://{shown}:{port}"


def greeting(app: Starlette, address: str) -> list[str]:
    """The address, the first key (shown once) and a link that logs a browser in (once)."""
    started, catalog = app.state.started, app.state.sightline.catalog
    lines = [f"Sightline listens on {address}, workspace {started.workspace!r}."]
    if started.key is not None:
        lines.append(f"API key of the workspace, shown only now: {started.key}")
    lines.append(f"Log in, once, within a day: {address}/app/?token={catalog.add_link(started.workspace)}")
    return lines
