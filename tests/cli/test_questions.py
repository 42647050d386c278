"""`search`, `stats` and `fields` against a running server: what they print, and where."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture(scope="module", autouse=True)
def plant(acme: Any) -> None:
    import httpx

    inferences = [
        {
            "inference_id": f"i-{number:04}",
            "model": f"parts/{1 + number % 2}",
            "device": "edge-12",
            "latency": 0.1,
            "detections": [{"class": "scratch", "confidence": 0.9}] * (number % 3),
            "metadata": {
                "line": str(number % 4),
                "passed": str(number % 5 != 0).lower(),
                "model": "[red]x[/red]",
            },
        }
        for number in range(1200)
    ]
    answer = httpx.post(
        f"{acme.url}/api/v1/acme/inferences",
        headers={"Authorization": "Bearer key-of-acme"},
        json=inferences,
    )
    assert answer.is_success, answer.text


def test_search_prints_a_table(ask: Callable[..., Any]) -> None:
    done = ask("search", "line:3 class:scratch", "--limit", "2")
    title, *rows = done.stdout.splitlines()
    assert title.split() == [
        "time",
        "inference_id",
        "model",
        "device",
        "classes",
        "confidence",
        "line",
        "model",
        "passed",
    ]
    assert len(rows) == 2
    assert all("[red]x[/red]" in row for row in rows)  # a value is never markup
    assert done.stderr == "2 of 200: line is 3, class is scratch\n"


def test_search_prints_json_over_pages(ask: Callable[..., Any]) -> None:
    found = json.loads(ask("search", "--limit", "1100", "--order", "oldest", "--json").stdout)
    assert len({item["inference_id"] for item in found["items"]}) == 1100
    assert found["total"] == {"value": 1200, "exact": True}
    assert found["next_cursor"]


def test_search_prints_csv(ask: Callable[..., Any]) -> None:
    done = ask("search", "passed:false", "--limit", "2000", "--csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert len(rows) == 240
    assert {row["passed"] for row in rows} == {"false"}
    assert {row["metadata.model"] for row in rows} == {"[red]x[/red]"}
    assert {row["model"] for row in rows} == {"parts/1", "parts/2"}


def test_stats_agree_with_search(ask: Callable[..., Any]) -> None:
    told = json.loads(ask("stats", "line:3", "--json").stdout)
    assert told["summary"]["current"]["inferences"] == 300
    assert sum(item["inferences"] for item in told["models"]["items"]) == 300
    printed = ask("stats", "line:3").stdout
    assert "parts/2" in printed
    assert "300" in printed


def test_stats_by_two_names(ask: Callable[..., Any]) -> None:
    told = json.loads(ask("stats", "--by", "line,passed", "--json").stdout)
    assert sum(item["inferences"] for item in told["items"]) == 1200
    rows = ask("stats", "--by", "line,passed").stdout.splitlines()
    assert rows[0].split()[:3] == ["line", "passed", "inferences"]
    assert len(rows) == 1 + len(told["items"])


def test_fields(ask: Callable[..., Any]) -> None:
    told = {item["name"]: item for item in json.loads(ask("fields", "--json").stdout)["items"]}
    assert told["line"]["type"] == "number"
    assert told["line"]["distinct"] == 4
    assert "100.0%" in ask("fields").stdout


def test_a_mistake_in_a_filter_is_a_matter_of_usage(ask: Callable[..., Any]) -> None:
    done = ask("search", "lin:3")
    assert (done.returncode, done.stdout) == (2, "")
    assert "column 1" in done.stderr
    assert "did you mean `line`?" in done.stderr


@pytest.mark.parametrize(
    "words", [["search", "--start", "yesterday"], ["search", "--order", "best"], ["frob"]]
)
def test_other_mistakes_of_usage(ask: Callable[..., Any], words: list[str]) -> None:
    done = ask(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"SIGHTLINE_API_KEY": "wrong"}, "key"),
        ({"SIGHTLINE_API_KEY": ""}, "--key"),
        ({"SIGHTLINE_WORKSPACE": "other"}, "'other'"),
        ({"SIGHTLINE_URL": "http://127.0.0.1:9"}, "sightline serve"),
    ],
)
def test_a_refusal_is_a_failure(ask: Callable[..., Any], given: dict[str, str], told: str) -> None:
    done = ask("fields", **given)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: ")
    assert told in done.stderr
