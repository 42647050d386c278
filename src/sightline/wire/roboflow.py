"""Small answers of the platform: whom a key belongs to, workspace, project, usage plan."""

from collections.abc import Sequence
from typing import Any

import msgspec

OK = b'{"status":"ok"}'
"""The answer of every ingest route: clients compare no more than the status 200."""
USAGE_PLAN: dict[str, Any] = {}
"""`GET /usage/plan`: nothing here is billed."""


class Project(msgspec.Struct, frozen=True):
    """What is known of a project: a model's name without its version. Times are microseconds."""

    slug: str
    task: str = "object-detection"
    classes: dict[str, int] = {}
    """Class -> detections."""
    versions: list[str] = []
    images: int = 0
    created: int = 0
    updated: int = 0


def owner(workspace: str) -> dict[str, Any]:
    """`GET|POST /?api_key=`"""
    return {"welcome": "Welcome to Sightline.", "workspace": workspace}


def workspace(slug: str, name: str, projects: Sequence[Project] = (), *, members: int = 1) -> dict[str, Any]:
    """`GET /{workspace}`"""
    listed = [_project(slug, project) for project in projects]
    return {"workspace": {"name": name, "url": slug, "members": members, "projects": listed}}


def project(slug: str, name: str, found: Project) -> dict[str, Any]:
    """`GET /{workspace}/{project}`; clients index every field of `project` unasked."""
    versions = [
        {
            "id": f"{slug}/{found.slug}/{version}",
            "name": version,
            "created": _seconds(found.created),
            "images": found.images,
            "splits": {},
            "exports": [],
            "preprocessing": {},
            "augmentation": {},
            "model": {"id": f"{found.slug}/{version}"},
        }
        for version in found.versions
    ]
    return {"workspace": {"name": name, "url": slug}, "project": _project(slug, found), "versions": versions}


def _project(slug: str, found: Project) -> dict[str, Any]:
    return {
        "id": f"{slug}/{found.slug}",
        "name": found.slug,
        "type": found.task,
        "annotation": found.slug,
        "classes": found.classes,
        "colors": {},
        "created": _seconds(found.created),
        "updated": _seconds(found.updated),
        "images": found.images,
        "public": False,
        "splits": {},
        "unannotated": 0,
        "versions": len(found.versions),
    }


def _seconds(moment: int) -> float:
    return moment / 1_000_000
