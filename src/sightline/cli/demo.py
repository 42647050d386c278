"""`sightline demo`: the server on a made-up factory, to look around in."""

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sightline.cli import serve
from sightline.cli.console import note, progress, say
from sightline.cli.folder import settings_of
from sightline.domain.moment import DAY

if TYPE_CHECKING:
    from sightline.demo.folder import Demo
    from sightline.settings import Settings


def demo(
    data: Annotated[
        Path | None,
        typer.Option(help="Its data folder; one in your cache folder when left out.", file_okay=False),
    ] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Port to listen on.")] = None,
    inferences: Annotated[
        int, typer.Option(min=1_000, max=10_000_000, help="How many the history has, when it is made.")
    ] = 200_000,
    no_live: Annotated[bool, typer.Option("--no-live", help="Nothing new happens.")] = False,
) -> None:
    """Run the server on the workspace `acme`: a car maker's three factories over the last 30 days.

    The first start makes the history; later ones go on with it. Delete the folder to begin anew.

    Example:

        sightline demo --port 8080
    """
    from sightline.demo import folder  # noqa: PLC0415  # other commands need not wait for it to load
    from sightline.http import server  # noqa: PLC0415  # as above

    chosen = settings_of(
        data or _cache(), port=port, log_level=os.environ.get("SIGHTLINE_LOG_LEVEL") or "warning"
    )
    with server.listen(
        chosen.host, chosen.port
    ) as listener:  # a taken port is told before the work, not after it
        url = server.address_of(listener, chosen.host)
    found = folder.read(chosen.folder)
    now = time.time_ns() // 1000
    if found is None:
        found = _make(chosen.folder, now=now, inferences=inferences)
    elif found.made < now - 2 * DAY:
        note(
            f"the history was made {(now - found.made) // DAY} days ago; delete {chosen.folder} to make it anew"
        )
    _run(chosen, found, url, live=not no_live)


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sightline-demo"


def _make(home: Path, *, now: int, inferences: int) -> "Demo":
    from sightline.demo import folder  # noqa: PLC0415  # as above

    note(f"making the history of three factories in {home}")
    with progress("inferences") as bar:
        task = bar.add_task("30 days", total=inferences)
        return folder.make(
            home, now=now, inferences=inferences, told=lambda stored: bar.update(task, completed=stored)
        )


def _run(chosen: "Settings", found: "Demo", url: str, *, live: bool) -> None:
    from sightline.demo import world  # noqa: PLC0415  # as above
    from sightline.demo.live import Live  # noqa: PLC0415  # as above
    from sightline.store.catalog import Catalog  # noqa: PLC0415  # as above

    catalog = Catalog(chosen.catalog_url)
    try:
        token = catalog.add_link(world.SLUG)
    finally:
        catalog.close()
    _welcome(url, found.key, token)
    if not live:
        serve.run(chosen, announce=_unheard)
        return
    factories = Live(url, found.key, now=found.made)
    factories.start()
    try:
        serve.run(chosen, announce=_unheard)
    finally:
        factories.stop()


def _unheard(line: str) -> None:
    """What the server would say is in the welcome already."""
    del line


def _welcome(url: str, key: str, token: str) -> None:
    say(f"""
  Dashboard   {url}/app/?token={token}
  API         {url}/docs
  Workspace   acme
  Key         {key}

  Three things to try
  1. Why did line 7 start failing on Tuesday night? Filter the dashboard's inferences by  line:7 passed:false
  2. Which camera gets worse?
     sightline stats --by device --start -2d --url {url} --key {key}
  3. Attach metadata yourself, and find it again:
     curl {url}/acme/inference-stats/metadata -H 'Content-Type: application/json' \\
       -d '{{"api_key":"{key}",
            "data":[{{"inference_ids":["my-first-id"],"field_name":"location","field_value":"texas"}}]}}'

  Stop with Ctrl+C.
""")
