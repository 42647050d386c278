"""Commands that work on a data folder: serve, workspaces, keys, rebuild."""

import json
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


def test_the_first_start_prints_a_key_that_works_and_the_second_does_not(
    serving: Callable[..., Any], run: Callable[..., Any]
) -> None:
    first = serving()
    key = first.process.stdout.readline().split()[-1]
    assert "/app/?token=" in first.process.stdout.readline()
    assert run("fields", "--url", first.url, "--key", key, "--json").returncode == 0
    code, _, complained = first.stop(signal.SIGINT)
    assert code == 0
    assert "Traceback" not in complained
    assert "leaked" not in complained
    second = serving()
    assert run("fields", "--url", second.url, "--key", key).returncode == 0
    assert "/app/?token=" in second.process.stdout.readline()  # and no key before it


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_taken_port_is_told_before_anything_is_made(
    run: Callable[..., Any], tmp_path: Path, command: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run(command, "--port", port, "--data", "here")
    assert done.returncode == 1
    assert f"port {port}" in done.stderr
    assert not (tmp_path / "here").exists()


def test_workspaces_and_keys_while_the_server_runs(
    serving: Callable[..., Any], run: Callable[..., Any]
) -> None:
    server = serving()
    data = {"SIGHTLINE_DATA": str(server.folder)}
    made = run("workspaces", "create", "plant-2", "--name", "Plant 2", **data)
    key = made.stdout.strip()
    assert run("fields", "--url", server.url, "--key", key).returncode == 0
    listed = json.loads(run("workspaces", "list", "--json", **data).stdout)["items"]
    assert [(row["slug"], row["name"]) for row in listed] == [("default", "default"), ("plant-2", "Plant 2")]

    edge = json.loads(run("keys", "create", "plant-2", "edge", "--scopes", "write", "--json", **data).stdout)
    assert (
        run(
            "attach", "x", "line=7", "--url", server.url, "--workspace", "plant-2", "--key", edge["key"]
        ).returncode
        == 0
    )
    refused = run("fields", "--url", server.url, "--workspace", "plant-2", "--key", edge["key"])
    assert (refused.returncode, "scope" in refused.stderr) == (1, True)

    assert run("keys", "revoke", "plant-2", edge["id"], **data).returncode == 0
    keys = json.loads(run("keys", "list", "plant-2", "--json", **data).stdout)["items"]
    assert [(found["name"], found["scopes"], bool(found["revoked"])) for found in keys] == [
        ("first key", ["read", "write", "admin"], False),
        ("edge", ["write"], True),
    ]


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["workspaces", "list"], 1, "nothing is stored"),
        (["workspaces", "create", "app"], 2, "another slug"),
        (["keys", "list", "nobody"], 1, "nothing is stored"),
        (["rebuild", "nobody"], 1, "no workspace"),
    ],
)
def test_what_is_not_there(run: Callable[..., Any], words: list[str], code: int, told: str) -> None:
    done = run(*words)
    assert done.returncode == code
    assert told in done.stderr


def test_rebuild_changes_no_answer(serving: Callable[..., Any], run: Callable[..., Any]) -> None:
    bootstrap = {"SIGHTLINE_BOOTSTRAP_WORKSPACE": "acme", "SIGHTLINE_BOOTSTRAP_API_KEY": "key-of-acme"}
    given = {"SIGHTLINE_API_KEY": "key-of-acme"}
    server = serving(**bootstrap)
    run("attach", "a", "b", "line=7", "--url", server.url, **given)
    before = run("fields", "--json", "--url", server.url, **given).stdout
    server.stop()
    done = run("rebuild", "acme", "--data", str(server.folder), "--json")
    assert json.loads(done.stdout) == {"workspace": "acme", "rebuilt": True}
    again = serving(**bootstrap)
    assert run("fields", "--json", "--url", again.url, **given).stdout == before


def test_version_and_help(run: Callable[..., Any]) -> None:
    from sightline import __version__

    assert run("--version").stdout == f"sightline {__version__}\n"
    told = run("--help").stdout
    assert all(name in told for name in ("serve", "demo", "attach", "search", "stats", "fields", "rebuild"))
