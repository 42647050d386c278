"""Every setting once: name, type, default and one line of help. To add one, add a line to `Settings`.

Each is read from the environment as `SIGHTLINE_<NAME>`, else from `sightline.toml`, else it has its default.
docs/settings.md is generated from here (`python -m sightline.settings > docs/settings.md`); a test fails when it
is stale.
"""

import difflib
import logging
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

import msgspec
from msgspec import Meta

from sightline.domain.errors import BadRequest
from sightline.domain.limits import DEFAULT, Limits

PREFIX = "SIGHTLINE_"
FILE = Path("sightline.toml")

Positive = Annotated[int, Meta(ge=1)]

_log = logging.getLogger(__name__)


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    data: Annotated[str, Meta(description="Folder of everything that is stored.")] = "sightline-data"
    host: Annotated[str, Meta(description="Address to listen on; `0.0.0.0` for all.")] = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535, description="Port to listen on; 0 for any free one.")] = 8000
    bootstrap_workspace: Annotated[
        str, Meta(description="Slug of a workspace to make at start if it is missing.")
    ] = ""
    bootstrap_api_key: Annotated[str, Meta(description="Key to give to that workspace, with all scopes.")] = (
        ""
    )
    default_workspace: Annotated[
        str, Meta(description="Workspace of pingbacks that carry no key; when empty they are refused.")
    ] = ""
    upstream: Annotated[
        str, Meta(description="URL of an inference server to stand in front of, such as `http://gpu-1:9001`.")
    ] = ""
    upstream_api_key: Annotated[
        str,
        Meta(description="Key for the inference server behind; when empty, the client's own is passed on."),
    ] = ""
    upstream_workspace: Annotated[
        str,
        Meta(
            description="Workspace that records proxied requests whose key is unknown here; when empty, none."
        ),
    ] = ""
    upstream_seconds: Annotated[
        float, Meta(gt=0, description="Seconds that the inference server behind may take to answer.")
    ] = 120.0
    fetch_private: Annotated[
        bool, Meta(description="Whether `image=URL` may name private and loopback addresses.")
    ] = False
    catalog: Annotated[
        str,
        Meta(
            description="SQLAlchemy URL of workspaces and keys; if empty, `catalog.sqlite` in the data folder."
        ),
    ] = ""
    queue: Annotated[
        Positive,
        Meta(description="Rows that may wait for the writer of a workspace before requests get 503."),
    ] = 100_000
    memory: Annotated[
        str,
        Meta(
            pattern=r"^\d+(\.\d+)? ?([KMGT]i?B)$",
            description="Memory that the engine of a workspace may use.",
        ),
    ] = "1GB"
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Meta(description="What is worth a line in the log.")
    ] = "info"
    limit_name: Annotated[Positive, Meta(description="Characters of a field name.")] = DEFAULT.name
    limit_value: Annotated[Positive, Meta(description="Bytes of a value in UTF-8.")] = DEFAULT.value
    limit_inference_id: Annotated[Positive, Meta(description="Bytes of an inference_id in UTF-8.")] = (
        DEFAULT.inference_id
    )
    limit_ids: Annotated[Positive, Meta(description="Ids in one entry of an attach request.")] = DEFAULT.ids
    limit_entries: Annotated[
        Positive, Meta(description="Entries of an attach request, records of a native request.")
    ] = DEFAULT.entries
    limit_image_bytes: Annotated[Positive, Meta(description="Bytes of an image.")] = 20 * 1024 * 1024
    limit_image_pixels: Annotated[Positive, Meta(description="Pixels of an image, width x height.")] = (
        64_000_000
    )
    limit_body: Annotated[Positive, Meta(description="Bytes of a request body.")] = DEFAULT.body
    limit_depth: Annotated[Positive, Meta(description="Levels of nesting of a JSON body.")] = DEFAULT.depth
    limit_filter: Annotated[Positive, Meta(description="Characters of a written filter.")] = DEFAULT.filter

    @property
    def folder(self) -> Path:
        return Path(self.data)

    @property
    def catalog_url(self) -> str:
        return self.catalog or f"sqlite:///{self.folder / 'catalog.sqlite'}"

    @property
    def limits(self) -> Limits:
        return Limits(**{name: getattr(self, f"limit_{name}") for name in Limits.__struct_fields__})


def load(environment: Mapping[str, str], file: Path = FILE, **given: Any) -> Settings:
    """The settings as the environment and the file say; those `given` that are not None win over both.

    `BadRequest` names the setting that cannot be understood. Unknown ones are warned of, with what may be meant.
    """
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for name, value in _read(file).items():
        values[name], sources[name] = value, f"{name} in {file}"
    for variable, text in environment.items():
        # A variable that is set to nothing is not set: compose files and unit files cannot leave one out.
        if variable.startswith(PREFIX) and text.strip():
            name = variable.removeprefix(PREFIX).lower()
            values[name], sources[name] = text.strip(), variable
    for name, value in given.items():
        if value is not None:
            values[name], sources[name] = value, f"--{name.replace('_', '-')}"
    known: dict[str, Any] = {}
    for name, value in values.items():
        if name in Settings.__struct_fields__:
            known[name] = _convert(name, value, sources[name])
        else:
            _log.warning("%s is no setting of Sightline%s", sources[name], _meant(name))
    return Settings(**known)


def _read(file: Path) -> dict[str, Any]:
    if not file.is_file():
        return {}
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadRequest(f"not valid TOML: {error}", where=str(file)) from error


def _convert(name: str, value: object, source: str) -> object:
    field = next(field for field in msgspec.structs.fields(Settings) if field.name == name)
    try:
        return msgspec.convert(value, field.type, strict=False)
    except msgspec.ValidationError as error:
        raise BadRequest(
            str(error), where=source, hint=f"{_help(field.type)} The default is {field.default!r}."
        ) from error


def _meant(name: str) -> str:
    close = difflib.get_close_matches(name, Settings.__struct_fields__, n=1)
    return f"; did you mean {PREFIX}{close[0].upper()}?" if close else ""


def _help(annotated: Any) -> str:
    metas = [meta for meta in get_args(annotated)[1:] if isinstance(meta, Meta) and meta.description]
    return str(metas[0].description)


def _kind(annotated: Any) -> str:
    kind = get_args(annotated)[0] if get_origin(annotated) is Annotated else annotated
    if get_origin(kind) is Literal:
        return ", ".join(f"`{choice}`" for choice in get_args(kind))
    return {str: "text", int: "integer", float: "number", bool: "boolean"}[kind]


def table() -> str:
    """docs/settings.md."""
    lines = [
        "# Settings",
        "",
        "<!-- Generated: python -m sightline.settings > docs/settings.md -->",
        "",
        "Each is read from the environment, else from `sightline.toml` in the folder where the server is started",
        "(there in lower case and without the prefix: `port = 8000`), else it has its default. A variable that is",
        "empty is not set.",
        "",
        "| variable | type | default | what it is |",
        "|---|---|---|---|",
    ]
    for field in msgspec.structs.fields(Settings):
        default = f"`{field.default}`" if field.default != "" else ""
        lines.append(
            f"| `{PREFIX}{field.name.upper()}` | {_kind(field.type)} | {default} | {_help(field.type)} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())  # noqa: T201  # this is how the document is generated
