"""The rules of the house that no tool checks: who may know whom, how long a module may be, what a file may name."""

import ast
import re
import statistics
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "sightline"
MODULES = sorted(PACKAGE.rglob("*.py"))
LONGEST = 500

LOOK = {"store.duckdb.session", "store.duckdb.deadline"}
"""How questions look at the store: one session, and no longer than they may."""
KNOWS: dict[str, set[str]] = {
    "domain": set(),
    "settings": {"domain"},
    "wire": {"domain"},
    "filters": {"domain"},
    "questions": {"domain", "filters", *LOOK},
    "store": {"domain", "filters"},
    "gateway": {"domain", "wire", "store", "settings"},
    "http": {"domain", "wire", "filters", "questions", "store", "gateway", "settings"},
    "client": {"domain"},
    "demo": {"domain", "store", "gateway", "settings"},
    "bench": {"domain", "store", "settings"},
    "cli": {"domain", "filters", "store", "gateway", "settings", "http", "demo", "bench", "client"},
}
"""Which rooms a room may know beside itself. Nobody but the command line, which starts the server, knows http."""


def imports(module: Path) -> Iterator[str]:
    """Every module of ours that a module imports, as `room.module`; `` is the package itself."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: imports are written out in full"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from (name.partition(".")[2] for name in names if name.split(".")[0] == "sightline")


def room_of(module: Path) -> str:
    return module.relative_to(PACKAGE).with_suffix("").parts[0]


def allowed(room: str, name: str) -> bool:
    return name == "__version__" or any(
        name == known or name.startswith(f"{known}.") for known in {room, *KNOWS[room]}
    )


@pytest.mark.parametrize("room", sorted(KNOWS))
def test_rooms_know_only_whom_they_may(room: str) -> None:
    modules = [module for module in MODULES if room_of(module) == room]
    assert modules, f"{room} is empty"
    wrong = [
        f"{module.relative_to(ROOT)} imports {name}"
        for module in modules
        for name in imports(module)
        if not allowed(room, name)
    ]
    assert not wrong


def test_every_room_is_in_the_plan() -> None:
    assert {room_of(module) for module in MODULES} - {"__init__", "__main__"} == set(KNOWS)


def test_no_module_is_too_long() -> None:
    lengths = {
        path: len(path.read_text(encoding="utf-8").splitlines())
        for path in [
            *MODULES,
            *tracked("*.sql", "web/src/*.ts", "web/src/*.tsx", "tests/*.py", "benchmarks/*.py"),
        ]
        if path.name != "openapi.ts"  # generated from our own document
    }
    median = statistics.median(length for path, length in lengths.items() if path in MODULES)
    print(f"{len(MODULES)} modules, median {median:.0f} lines")  # noqa: T201  # shown by `pytest -s`, for reviewers
    assert not {str(path.relative_to(ROOT)): length for path, length in lengths.items() if length > LONGEST}


def tracked(*patterns: str) -> list[Path]:
    """Files that git knows, or will once they are added."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


# Written in pieces, so that this file does not name what no file may name.
FORBIDDEN = re.compile(
    "|".join(
        [
            "pypi" + r"\.org",
            "python" + r"hosted\.org",
            "registry" + r"\.npmjs",
            "npmjs" + r"\.(org|com)",
            "deb" + r"\.debian\.org",
            "index" + "-url",
            "(?<![a-z.])/wo" + r"rk/[a-z.]",
            "/ro" + r"ot/[a-z.]",
            "/ho" + r"me/[a-z]",
            "/op" + r"t/(pypi|wheels)",
        ]
    )
)


def test_no_file_names_a_registry_or_a_path_of_somebodys_machine() -> None:
    found = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # pictures and models
        found += [
            f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
            for number, line in enumerate(text.splitlines(), start=1)
            if FORBIDDEN.search(line)
        ]
    assert not found


IGNORE = re.compile(r"#\s*(ruff:\s*)?noqa\b|#\s*type:\s*ignore|#\s*pragma: no cover")
REASONED = re.compile(
    r"#\s*((ruff:\s*)?noqa:\s*[A-Z]+\d+(,\s*[A-Z]+\d+)*|type:\s*ignore\[[\w, -]+\]|pragma: no cover)\s+(#\s+)?\S.{7,}"
)


def test_every_lint_and_type_ignore_carries_its_reason() -> None:
    bare = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in tracked("*.py")
        if path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if IGNORE.search(line) and not REASONED.search(line)
    ]
    assert not bare


def test_every_rule_we_do_without_carries_its_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    section = text[text.index("[tool.ruff.lint]") : text.index("[tool.mypy]")]
    lint = tomllib.loads(text)["tool"]["ruff"]["lint"]
    rules = {*lint["ignore"], *(rule for found in lint["per-file-ignores"].values() for rule in found)}
    reasoned = set(re.findall(r'^  "(\w+)",\s*# \S', section, flags=re.MULTILINE))
    assert rules == reasoned
