"""How commands speak: results on stdout, everything else on stderr; colours only on a terminal.

Exit codes: 0 done; 1 it failed (the server refused or could not be reached, the disk is full …);
2 the command cannot be understood (an unknown option, a filter with a mistake, a malformed file).
"""

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

FAILED = 1
USAGE = 2
WIDE = 10_000
"""Columns of what is no terminal: a table is as wide as it needs."""
WHOLE = {"time", "inference_id", "id"}
"""Columns that are never broken, so that they can be copied."""

Json = Annotated[bool, typer.Option("--json", help="Print JSON, as the API answers it.")]


def out() -> Console:
    """stdout; looked up at each use, because tests and pipes exchange it."""
    return Console(file=sys.stdout, highlight=False, width=None if sys.stdout.isatty() else WIDE)


def err() -> Console:
    return Console(file=sys.stderr, highlight=False, soft_wrap=True)


def print_json(answer: Any) -> None:
    print(json.dumps(answer, ensure_ascii=False, indent=2))  # noqa: T201  # the result of a command


def say(line: str) -> None:
    """A line of the result, at once."""
    print(line, flush=True)  # noqa: T201  # the result of a command


def print_table(
    titles: Sequence[str], rows: Iterable[Sequence[object]], *, numbers: Iterable[str] = ()
) -> None:
    """Rows of plain values: untrusted text stays text. `numbers` names the columns that align to the right."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    right = set(numbers)
    for title in titles:
        table.add_column(
            title, justify="right" if title in right else "left", overflow="fold", no_wrap=title in WHOLE
        )
    for row in rows:
        table.add_row(*(Text(shown(cell)) for cell in row))
    out().print(table)


def shown(cell: object) -> str:
    """A value as a table shows it; nothing for None."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{cell:.3g}" if abs(cell) < 1 else f"{cell:,.2f}"
    if isinstance(cell, int) and not isinstance(cell, bool):
        return f"{cell:,}"
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return str(cell)


def moment(written: str | None) -> str:
    """A time of the API to the second."""
    return "" if written is None else written[:19].replace("T", " ")


def percent(share: float | None, *, signed: bool = False) -> str:
    if share is None:
        return ""
    return f"{share:+.1%}" if signed else f"{share:.1%}"


def progress(unit: str) -> Progress:
    """A bar on stderr; silent where stderr is not a terminal."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(unit),
        TimeRemainingColumn(),
        console=err(),
        disable=not sys.stderr.isatty(),
    )


def note(message: str) -> None:
    err().print(Text(message))


def complain(message: str, *, hint: str | None = None) -> None:
    """Say what went wrong and what to do about it."""
    console = err()
    console.print(Text.assemble(("error: ", "bold red"), message))
    if hint:
        console.print(Text.assemble(("hint: ", "bold"), hint))
