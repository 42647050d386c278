"""The bundled example model `parts/1` and the pictures it was made for."""

from importlib.resources import files
from importlib.resources.abc import Traversable

MODEL_ID = "parts/1"
CLASSES = ["red_part", "blue_part", "yellow_part", "scratch", "missing_screw"]


def model_file() -> Traversable:
    """The ONNX file of `parts/1`."""
    return files(__name__) / "parts_1.onnx"


def pictures() -> list[Traversable]:
    """A handful of JPEG pictures of parts on a belt, 640 x 480, sorted by name."""
    return sorted((files(__name__) / "pictures").iterdir(), key=lambda found: found.name)
