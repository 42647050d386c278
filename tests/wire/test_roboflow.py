"""Small answers, as the clients read them."""

import json

from sightline.wire import roboflow
from sightline.wire.roboflow import Project

# What the `roboflow` package indexes without asking whether it is there.
INDEXED = {
    "annotation", "classes", "colors", "created", "id", "images", "name", "public", "splits", "type",
    "unannotated", "updated",
}  # fmt: skip
PARTS = Project("parts", classes={"scratch": 3}, versions=["3"], created=1_500_000, updated=2_000_000)


def test_ok() -> None:
    assert json.loads(roboflow.OK) == {"status": "ok"}


def test_the_owner_of_a_key() -> None:
    assert roboflow.owner("acme")["workspace"] == "acme"


def test_a_workspace() -> None:
    found = roboflow.workspace("acme", "Acme", [PARTS])["workspace"]
    assert (found["name"], found["url"], found["members"]) == ("Acme", "acme", 1)
    assert [project["id"] for project in found["projects"]] == ["acme/parts"]
    assert roboflow.workspace("acme", "Acme")["workspace"]["projects"] == []


def test_a_project_has_all_that_clients_index() -> None:
    answer = roboflow.project("acme", "Acme", PARTS)
    found = answer["project"]
    assert set(found) >= INDEXED
    assert (found["id"], found["classes"], found["created"], found["updated"]) == (
        "acme/parts",
        {"scratch": 3},
        1.5,
        2.0,
    )
    assert [version["id"] for version in answer["versions"]] == ["acme/parts/3"]
    assert answer["workspace"] == {"name": "Acme", "url": "acme"}
