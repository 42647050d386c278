"""`sightline models`: list, add and remove local ONNX models, in a data folder."""

from pathlib import Path
from typing import Annotated, Literal

import msgspec
import typer

from sightline.cli.console import Json, note, print_json, print_table
from sightline.cli.folder import Data, catalog_of, workspace_folder
from sightline.domain.errors import BadRequest
from sightline.gateway.shelf import Shelf

application = typer.Typer(
    no_args_is_help=True, help="List, add and remove local ONNX models, on the machine of the server."
)

Workspace = Annotated[
    str | None,
    typer.Option(
        "--workspace", "-w", metavar="SLUG", help="Whose model; may be left out if there is one only."
    ),
]
ModelId = Annotated[str, typer.Argument(metavar="MODEL", help="`project/version`, such as parts/1.")]


@application.command("list")
def list_models(workspace: Workspace = None, data: Data = None, as_json: Json = False) -> None:
    """List the local models of a workspace.

    Example:

        sightline models list
    """
    cards = _shelf(data, workspace).cards()
    if as_json:
        print_json({"items": msgspec.to_builtins(cards)})
        return
    print_table(
        ["model", "task", "head", "input", "classes"],
        (
            [card.model_id, card.task, card.head, f"{card.width} x {card.height}", ", ".join(card.classes)]
            for card in cards
        ),
    )


@application.command("add")
def add_model(
    model: ModelId,
    onnx: Annotated[Path, typer.Argument(metavar="FILE", help="The ONNX file.", exists=True, dir_okay=False)],
    classes: Annotated[
        Path,
        typer.Option(
            help="Text file with one class a line, in the order of the model's outputs.",
            exists=True,
            dir_okay=False,
        ),
    ],
    task: Annotated[
        Literal["object-detection", "classification"], typer.Option(help="What the model does.")
    ] = "object-detection",
    size: Annotated[
        int | None,
        typer.Option(min=32, max=4096, help="Input size in pixels, where the file leaves it open."),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Take the place of a model of this name.")
    ] = False,
    workspace: Workspace = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Add an ONNX model. A running server answers with it at once.

    Heads of YOLOv5, v8, v10, v11, RF-DETR and DETR and softmax classifiers are recognised by their outputs.

    Example:

        sightline models add parts/1 model.onnx --task object-detection --classes classes.txt
    """
    names = [line.strip() for line in classes.read_text(encoding="utf-8").splitlines() if line.strip()]
    card = _shelf(data, workspace).add(model, onnx, task, names, size=size, replace=replace)
    if as_json:
        print_json(msgspec.to_builtins(card))
    else:
        note(
            f"added {card.model_id}: {card.head}, {len(card.classes)} classes, {card.width} x {card.height} pixels"
        )


@application.command("remove")
def remove_model(model: ModelId, workspace: Workspace = None, data: Data = None) -> None:
    """Remove a model. What it found stays.

    Example:

        sightline models remove parts/1
    """
    _shelf(data, workspace).remove(model)
    note(f"removed {model}")


def _shelf(data: Path | None, workspace: str | None) -> Shelf:
    with catalog_of(data) as catalog:
        if workspace is None:
            slugs = [row.slug for row in catalog.workspaces()]
            if len(slugs) != 1:
                raise BadRequest(
                    f"there are {len(slugs)} workspaces: {', '.join(slugs)}"[:300],
                    hint="say which with --workspace",
                )
            workspace = slugs[0]
        else:
            catalog.workspace(workspace)
    return Shelf(workspace_folder(data, workspace) / "models")
