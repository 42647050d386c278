"""The `roboflow` package from PyPI, unmodified, against a real server."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx

SCRIPT = """
import json, sys
import roboflow
workspace = roboflow.Roboflow(api_key=sys.argv[1]).workspace()
found = {"name": workspace.name, "url": workspace.url, "projects": workspace.projects()}
if found["projects"]:
    project = workspace.project("parts")
    found["project"] = [project.id, project.type, project.classes]
print("\\n" + json.dumps(found))
"""


def run(server: Any, tmp_path: Path, key: str) -> subprocess.CompletedProcess[str]:
    # The package reads its addresses when it is imported, so it gets a process of its own.
    environment = {
        **os.environ,
        "HOME": str(tmp_path),
        "ROBOFLOW_CONFIG_DIR": str(tmp_path / "roboflow.json"),
        "API_URL": server.url,
        "APP_URL": server.url,
    }
    command = [sys.executable, "-c", SCRIPT, key]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)


def test_it_logs_in_and_opens_the_workspace(server: Any, tmp_path: Path, key: str) -> None:
    done = run(server, tmp_path, key)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {"name": "acme", "url": "acme", "projects": []}


def test_it_opens_a_project(server: Any, tmp_path: Path, key: str) -> None:
    record = {
        "model": "parts/3",
        "task": "object-detection",
        "detections": [{"class": "scratch", "confidence": 0.9}],
    }
    httpx.post(
        f"{server.url}/api/v1/acme/inferences", params={"api_key": key}, json=[record]
    ).raise_for_status()
    done = run(server, tmp_path, key)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["projects"] == ["acme/parts"]
    assert found["project"] == ["acme/parts", "object-detection", {"scratch": 1}]


def test_a_wrong_key_fails_at_once(server: Any, tmp_path: Path) -> None:
    done = run(server, tmp_path, "wrong-key")
    assert done.returncode != 0
    assert "the api key is unknown" in done.stderr
