"""The local models of one workspace: a folder each, `models/project/version/` with `model.onnx` and `model.json`.

There is no other register: what is in the folder is what can be called, also when the command line puts it there
while the server runs.
"""

import contextlib
import shutil
import tempfile
from pathlib import Path

import msgspec

from sightline.domain.errors import Conflict, NotFound, Unavailable
from sightline.gateway.card import Card, Task, check_model_id, is_model_id


class Shelf:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def cards(self) -> list[Card]:
        """Every model there is, by id."""
        found = [self._read(path) for path in self.folder.glob("*/*/model.json")]
        return sorted((card for card in found if card is not None), key=lambda card: card.model_id)

    def find(self, model_id: str) -> Card | None:
        if not is_model_id(model_id):
            return None
        return self._read(self._home(model_id) / "model.json")

    def card(self, model_id: str) -> Card:
        """The card of a model that must be there; `NotFound` otherwise."""
        found = self.find(model_id)
        if found is None:
            raise no_model(model_id)
        return found

    def model(self, card: Card) -> Path:
        return self._home(card.model_id) / "model.onnx"

    def add(
        self,
        model_id: str,
        onnx: Path,
        task: Task,
        classes: list[str],
        *,
        size: int | None = None,
        replace: bool = False,
    ) -> Card:
        """Take a copy of an ONNX file, once it has been loaded and understood."""
        check_model_id(model_id)
        if not replace and self.find(model_id) is not None:
            raise Conflict(
                f"there is a model {model_id!r} already", hint="remove it first, or ask to replace it"
            )
        try:
            from sightline.gateway.network import describe  # noqa: PLC0415  # the extra may not be installed
        except ImportError as error:
            raise extra_missing() from error
        card = describe(onnx, model_id, task, classes, size=size)
        home = self._home(model_id)
        home.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home.parent, prefix=".") as sheltered:
            ready = Path(sheltered) / "ready"
            ready.mkdir()
            shutil.copyfile(onnx, ready / "model.onnx")
            (ready / "model.json").write_bytes(msgspec.json.format(msgspec.json.encode(card)))
            if home.exists():
                home.rename(Path(sheltered) / "old")
            ready.rename(home)
        return card

    def remove(self, model_id: str) -> None:
        """Delete a model's files; `NotFound` where there is none."""
        home = self._home(self.card(model_id).model_id)
        shutil.rmtree(home)
        with contextlib.suppress(OSError):  # other versions of the project live there
            home.parent.rmdir()

    def _home(self, model_id: str) -> Path:
        project, _, version = model_id.partition("/")
        return self.folder / project / version

    @staticmethod
    def _read(path: Path) -> Card | None:
        try:
            return msgspec.json.decode(path.read_bytes(), type=Card)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except msgspec.DecodeError as error:
            raise Unavailable(
                f"the card {path.parent.parent.name}/{path.parent.name}/model.json cannot be read: {error}"
            ) from error


def no_model(model_id: str) -> NotFound:
    return NotFound(
        f"there is no model {model_id[:140]!r} in this workspace",
        hint="add it: sightline models add PROJECT/VERSION model.onnx --task … --classes classes.txt",
    )


def extra_missing() -> Unavailable:
    return Unavailable(
        "local models need ONNX Runtime, which is not installed", hint="pip install 'sightline[models]'"
    )
