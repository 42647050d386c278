"""`sightline models` on a data folder."""

import json
from collections.abc import Callable
from importlib.resources import as_file
from pathlib import Path
from typing import Any

from sightline.gateway.example import CLASSES, model_file


def test_a_model_is_added_listed_and_removed(run: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "classes.txt").write_text("\n".join(CLASSES) + "\n")
    data = ("--data", "data")
    run("workspaces", "create", "acme", *data)
    with as_file(model_file()) as onnx:
        add = (
            "models",
            "add",
            "parts/1",
            str(onnx),
            "--task",
            "object-detection",
            "--classes",
            "classes.txt",
            *data,
        )
        done = run(*add)
        assert done.returncode == 0, done.stderr
        assert "added parts/1: yolov8, 5 classes, 320 x 240 pixels" in done.stderr
        assert run(*add).returncode == 1
        assert run(*add, "--replace", "--json").returncode == 0
    listed = json.loads(run("models", "list", "--workspace", "acme", "--json", *data).stdout)
    assert [(card["model_id"], card["classes"]) for card in listed["items"]] == [("parts/1", CLASSES)]
    assert "parts/1" in run("models", "list", *data).stdout
    assert run("models", "remove", "parts/1", *data).returncode == 0
    assert run("models", "remove", "parts/1", *data).returncode == 1


def test_mistakes_are_told(run: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "classes.txt").write_text("a\n")
    (tmp_path / "bad.onnx").write_bytes(b"nothing")
    run("workspaces", "create", "acme", "--data", "data")
    run("workspaces", "create", "other", "--data", "data")
    add = ("models", "add", "parts/1", "bad.onnx", "--classes", "classes.txt", "--data", "data")
    assert "say which with --workspace" in run(*add).stderr
    assert "cannot load the model" in run(*add, "-w", "acme").stderr
    assert run(*add, "-w", "nobody").returncode == 1
