"""The documentation is true: its examples run, its links lead somewhere, and nothing that exists is left out.

An example is run where `<!-- run -->` or `<!-- run: prints TEXT -->` stands before it, in the order of its page, all of
a page in one folder, against a server on a small demo. The documented address and key are replaced by the real ones.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click
import msgspec
import pytest
import typer.main

from sightline.cli.application import application
from sightline.demo import folder
from sightline.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
INFERENCES = 6_000


class Example(NamedTuple):
    page: Path
    line: int
    language: str
    prints: str
    code: str


def examples(page: Path) -> Iterator[Example]:
    text = page.read_text(encoding="utf-8")
    pattern = r"<!-- run(?:: prints (.+?))? -->\n+```(\w+)\n(.*?)```"
    for found in re.finditer(pattern, text, re.DOTALL):
        line = text.count("\n", 0, found.start()) + 1
        yield Example(page, line, found[2], found[1] or "", found[3])


RUN = {page: list(examples(page)) for page in PAGES}


class Server(NamedTuple):
    url: str
    key: str


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("docs")
    now = time.time_ns() // 1000
    demo = folder.make(home / "demo", now=now, inferences=INFERENCES, told=lambda _: None)
    with (home / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "sightline", "serve", "--data", str(home / "demo"), "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        assert process.stdout is not None
        greeting = process.stdout.readline()
        assert "http://" in greeting, (home / "log").read_text()
        yield Server("http://" + greeting.split("http://")[1].split(",")[0], demo.key)
        process.terminate()
        process.communicate(timeout=60)


@pytest.mark.parametrize("page", [page for page in PAGES if RUN[page]], ids=lambda page: page.name)
def test_examples(page: Path, server: Server, tmp_path: Path) -> None:
    given = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "SIGHTLINE_URL": server.url,
        "SIGHTLINE_API_KEY": server.key,
    }
    for example in RUN[page]:
        code = example.code.replace("http://127.0.0.1:8000", server.url).replace("<your_api_key>", server.key)
        command = {"bash": ["bash", "-euo", "pipefail", "-c"], "python": [sys.executable, "-c"]}[
            example.language
        ]
        done = subprocess.run(
            [*command, code],
            cwd=tmp_path,
            env=given,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        told = f"{page.name}:{example.line}\n{done.stdout}\n{done.stderr}"
        assert done.returncode == 0, told
        assert example.prints in done.stdout + done.stderr, told


def test_the_readme_and_the_quick_start_run() -> None:
    assert len(RUN[ROOT / "README.md"]) >= 3
    assert len(RUN[ROOT / "docs" / "quickstart.md"]) >= 5


def anchors(page: Path) -> set[str]:
    """Of its headings, as a renderer of Markdown names them."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        path, _, anchor = link.partition("#")
        if "://" in path:
            continue
        target = (page.parent / path) if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert not broken


def test_every_page_is_in_the_index() -> None:
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    missing = [page.name for page in sorted((ROOT / "docs").glob("*.md")) if f"({page.name})" not in index]
    assert missing == ["index.md"]


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    names = [f"{PREFIX}{field.name.upper()}" for field in msgspec.structs.fields(Settings)]
    assert [name for name in names if f"`{name}`" not in page] == []


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command by its full name."""
    top = typer.main.get_command(application)
    waiting: list[tuple[str, click.Command]] = [("sightline", top)]
    while waiting:
        name, command = waiting.pop()
        inner = getattr(command, "commands", {})
        waiting += [(f"{name} {word}", found) for word, found in inner.items()]
        if not inner:
            yield name, command


def test_every_command_and_option_is_documented() -> None:
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    missing = []
    for name, command in commands():
        section = re.search(
            rf"^## {' '.join(name.split()[:2])}$(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL
        )
        if section is None or name not in section[0]:
            missing.append(name)
            continue
        # What all commands share is told once, at the top of the page.
        told = section[0] + page.split("\n## sightline ")[0]
        options = [option for found in command.params for option in found.opts if option.startswith("--")]
        missing += [f"{name} {option}" for option in options if option not in told]
    assert not missing
