"""The commands together, and how one of them ends."""

from typing import Annotated

import typer

from sightline import __version__
from sightline.cli import attach, bench, demo, fields, keys, rebuild, search, serve, stats, workspaces
from sightline.cli.console import FAILED, USAGE, fail, say
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
application.command()(rebuild.rebuild)
application.command()(bench.bench)


def main() -> None:
    try:
        application()
    except SightlineError as error:
        message, hint, code = str(error), error.hint, USAGE if isinstance(error, BadRequest) else FAILED
    # By now the error is let go, and with it what its frames held open.
    fail(message, hint=hint, code=code)
