"""Builds the dashboard in web/ into the package, so that `pip install` of a wheel needs no Node."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class DashboardHook(BuildHookInterface):  # type: ignore[type-arg]  # the parameter is hatchling's own affair
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Leave src/sightline/http/page/ built, or raise with what to do."""
        del build_data
        if version == "editable":  # the Makefile builds it, and only when its sources change
            return
        root = Path(self.root)
        built = root / "src" / "sightline" / "http" / "page" / "index.html"
        web = root / "web"
        npm = shutil.which("npm")
        if npm is not None and (web / "package.json").exists():
            subprocess.run([npm, "ci", "--no-audit", "--no-fund"], cwd=web, check=True)  # noqa: S603  # our own command
            subprocess.run([npm, "run", "build"], cwd=web, check=True)  # noqa: S603  # our own command
        if not built.exists():
            raise RuntimeError(
                "the dashboard is not built and npm was not found: install Node 20 or newer and build again, "
                "or build it elsewhere with `make page` and copy src/sightline/http/page/ here"
            )
