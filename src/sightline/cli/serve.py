"""`sightline serve`: run the server."""

import contextlib
from collections.abc import Callable
from typing import Annotated

import typer

from sightline.cli.console import say
from sightline.cli.folder import Data, settings_of
from sightline.settings import Settings


def serve(
    data: Data = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on; 0.0.0.0 for all.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port to listen on.")] = None,
) -> None:
    """Run the server. The first start makes a workspace `default` and prints its key, once.

    Every other setting is an environment variable SIGHTLINE_… or a line of sightline.toml.

    Examples:

        sightline serve --data /var/lib/sightline --host 0.0.0.0

        SIGHTLINE_UPSTREAM=http://127.0.0.1:9001 sightline serve
    """
    run(settings_of(data, host=host, port=port), announce=say)


def run(settings: Settings, announce: Callable[[str], None]) -> None:
    """Serve until told to stop. Ctrl+C is how it is meant to end, so it is no failure."""
    from sightline.http import server  # noqa: PLC0415  # other commands need not wait for it to load

    with contextlib.suppress(KeyboardInterrupt):
        server.serve(settings, announce)
