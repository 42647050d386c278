"""Networks with known outputs, made on the spot: whatever the picture, they answer what the test wants."""

import io
from collections.abc import Callable
from importlib.resources import as_file
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from sightline.gateway.example import CLASSES, MODEL_ID, model_file
from sightline.gateway.example.drawing import draw
from sightline.gateway.shelf import Shelf

Make = Callable[..., Path]


@pytest.fixture
def network(tmp_path: Path) -> Make:
    """`network({"output0": array}, height=64, width=64)` -> an ONNX file."""
    made: list[Path] = []

    def make(outputs: dict[str, Any], *, height: Any = 64, width: Any = 64) -> Path:
        nodes, answers = [], []
        for name, value in outputs.items():
            array = np.asarray(value, dtype=np.float32)
            nodes += [
                helper.make_node("Constant", [], [f"{name}_value"], value=numpy_helper.from_array(array)),
                # The input takes part, so that it has to be of the right shape.
                helper.make_node("ReduceMax", ["images"], [f"{name}_seen"], keepdims=0),
                helper.make_node("Mul", [f"{name}_seen", "zero"], [f"{name}_nothing"]),
                helper.make_node("Add", [f"{name}_value", f"{name}_nothing"], [name]),
            ]
            answers.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, array.shape))
        entry = helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, height, width])
        zero = numpy_helper.from_array(np.array(0, dtype=np.float32), "zero")
        graph = helper.make_graph(nodes, "test", [entry], answers, [zero])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
        made.append(tmp_path / f"network-{len(made)}.onnx")
        onnx.save(model, made[-1])
        return made[-1]

    return make


@pytest.fixture
def add_parts(tmp_path: Path) -> Callable[[], None]:
    """Adds the bundled model to the workspace `acme`."""

    def add() -> None:
        with as_file(model_file()) as onnx_file:
            Shelf(tmp_path / "data" / "workspaces" / "acme" / "models").add(
                MODEL_ID, onnx_file, "object-detection", CLASSES
            )

    return add


@pytest.fixture
def jpeg() -> bytes:
    """A picture of parts, 640 x 480."""
    out = io.BytesIO()
    draw(Random(5))[0].save(out, "JPEG", quality=90)
    return out.getvalue()
