"""The commands together, and how one of them ends."""

import contextlib
import os
import sys
from typing import Annotated, NoReturn

import typer

from sightline import __version__
from sightline.cli import attach, bench, demo, fields, keys, models, rebuild, search, serve, stats, workspaces
from sightline.cli.console import FAILED, USAGE, complain, say
from sightline.domain.errors import BadRequest, SightlineError

application = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done, 1 it failed, 2 the command cannot be understood.",
)


def _version(wanted: bool) -> None:
    if wanted:
        say(f"sightline {__version__}")
        raise typer.Exit


@application.callback()
def sightline(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Sightline: a self-hosted monitor for computer-vision models whose heart is custom metadata."""


application.command()(serve.serve)
application.command()(demo.demo)
application.command()(attach.attach)
application.command()(search.search)
application.command()(stats.stats)
application.command()(fields.fields)
application.add_typer(workspaces.application, name="workspaces")
application.add_typer(keys.application, name="keys")
application.add_typer(models.application, name="models")
application.command()(rebuild.rebuild)
application.command()(bench.bench)


def main() -> NoReturn:
    code = _run()
    # Leave at once: all is closed, and DuckDB's binding complains of what Python keeps alive until the very end.
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def _run() -> int:
    """The exit code of the command that the process was started for."""
    try:
        application()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else FAILED if ended.code else 0
    except SightlineError as error:
        complain(str(error), hint=error.hint)
        return USAGE if isinstance(error, BadRequest) else FAILED
    return 0
