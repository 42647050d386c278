"""Metadata by hand and from files, found again by search."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import duckdb
import pytest


@pytest.fixture
def values(ask: Callable[..., Any], record: Callable[..., None]) -> Callable[[str], dict[str, str]]:
    """What one inference bears, once it has arrived."""

    def values(inference_id: str) -> dict[str, str]:
        record({"inference_id": inference_id, "model": "parts/3"})
        found = json.loads(ask("search", f'id:"{inference_id}"', "--json").stdout)
        metadata: dict[str, str] = found["items"][0]["metadata"]
        return metadata

    return values


def test_by_hand(ask: Callable[..., Any], record: Callable[..., None], values: Callable[[str], Any]) -> None:
    record({"inference_id": "hand-1", "model": "parts/3"})
    done = ask("attach", "hand-1", "hand-2", "line=7", "note=a=b", "empty=")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "6 values: 3 matched, 3 waiting\n"
    assert values("hand-1") == values("hand-2") == {"line": "7", "note": "a=b", "empty": ""}


LONG = "inference_id,field,value\n{0}-1,part,007\n{0}-1,weight,1.10\n{0}-2,part,9\n{0}-1,part,008\n{0}-2,weight,\n"
WIDE = "inference_id,part,weight\n{0}-1,007,9\n{0}-2,9,\n{0}-1,008,1.10\n"

LONG_LINES = """
{{"inference_id": "{0}-1", "field": "part", "value": "008"}}

{{"inference_id": "{0}-1", "field": "weight", "value": "1.10"}}
{{"inference_id": "{0}-2", "field": "part", "value": 9}}
{{"inference_id": "{0}-2", "field": "weight", "value": null}}
"""
WIDE_LINES = """
{{"inference_id": "{0}-1", "part": "008", "weight": "1.10"}}
{{"inference_id": "{0}-2", "part": 9, "weight": null}}
"""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("long.csv", LONG),
        ("wide.csv", WIDE),
        ("wide.tsv", WIDE.replace(",", "\t")),
        ("long.ndjson", LONG_LINES),
        ("wide.jsonl", WIDE_LINES),
    ],
)
def test_from_text(
    ask: Callable[..., Any], values: Callable[[str], Any], tmp_path: Path, name: str, text: str
) -> None:
    (tmp_path / name).write_text(text.format(name), encoding="utf-8")
    done = ask("attach", "--file", name, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"values": 3, "empty": 1, "matched": 0, "waiting": 3}
    assert values(f"{name}-1") == {"part": "008", "weight": "1.10"}
    assert values(f"{name}-2") == {"part": "9"}


def test_from_parquet(ask: Callable[..., Any], values: Callable[[str], Any], tmp_path: Path) -> None:
    duckdb.sql(
        "SELECT 'p-1' AS inference_id, 7 AS line, true AS passed, 1.5 AS weight, NULL AS note"
    ).write_parquet(str(tmp_path / "odd [1]*.parquet"))
    done = ask("attach", "--file", "odd [1]*.parquet")
    assert done.stderr == "3 values: 0 matched, 3 waiting, 1 empty left out\n"
    assert values("p-1") == {"line": "7", "passed": "true", "weight": "1.5"}


def test_more_than_one_request_holds(
    ask: Callable[..., Any], values: Callable[[str], Any], tmp_path: Path
) -> None:
    rows = [f"many-{number},count,{number % 7}" for number in range(45_000)]
    (tmp_path / "many.csv").write_text("\n".join(["inference_id,field,value", *rows]), encoding="utf-8")
    done = ask("attach", "--file", "many.csv", "--json")
    assert json.loads(done.stdout) == {"values": 45_000, "empty": 0, "matched": 0, "waiting": 45_000}
    assert values("many-44999") == {"count": str(44_999 % 7)}


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.csv", "id,line\nx,7\n", "a.csv has no column inference_id"),
        ("b.csv", "inference_id,field,value\nx,line,7\n,line,8\n", "b.csv, row 2: no inference_id"),
        ("c.csv", "inference_id,field,value\nx,,7\n", "c.csv, row 1: no field"),
        ("d.ndjson", '{"inference_id": "x", "line": 7}\n{oops\n', "d.ndjson, row 2: not JSON"),
        ("e.ndjson", "[1]\n", "e.ndjson, row 1: not a JSON object"),
        ("f.xlsx", "x", "f.xlsx is not a file that can be read"),
        ("g.parquet", "x", "g.parquet cannot be read"),
    ],
)
def test_a_file_that_cannot_be_understood(
    ask: Callable[..., Any], tmp_path: Path, name: str, text: str, told: str
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    done = ask("attach", "--file", name)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert "leaked" not in done.stderr


@pytest.mark.parametrize(
    "words", [[], ["x"], ["line=7"], ["x", "=7"], ["x", "line=7", "--file", "there.csv"]]
)
def test_words_that_cannot_be_understood(ask: Callable[..., Any], tmp_path: Path, words: list[str]) -> None:
    (tmp_path / "there.csv").write_text("inference_id,line\nx,7\n", encoding="utf-8")
    done = ask("attach", *words)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")


def test_what_was_attached_before_a_refusal_is_told(ask: Callable[..., Any], tmp_path: Path) -> None:
    rows = [f"r-{number},line,7" for number in range(20_000)] + [f"r-x,{'n' * 300},7"]
    (tmp_path / "rows.csv").write_text("\n".join(["inference_id,field,value", *rows]), encoding="utf-8")
    done = ask("attach", "--file", "rows.csv")
    assert done.returncode == 1
    assert "20,000 values before it are attached" in done.stderr


class Busy(BaseHTTPRequestHandler):
    """Answers 503 twice, then what Sightline would."""

    answers = 0

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        Busy.answers += 1
        body = b'{"entries": [{"matched": 1, "waiting": 0}]}'
        self.send_response(200 if Busy.answers == 3 else 503)
        self.send_header("Retry-After", "0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def test_a_busy_server_is_asked_again(run: Callable[..., Any]) -> None:
    with HTTPServer(("127.0.0.1", 0), Busy) as busy:
        thread = threading.Thread(target=busy.serve_forever)
        thread.start()
        try:
            url = f"http://127.0.0.1:{busy.server_port}"
            done = run("attach", "x", "line=7", "--url", url, "--workspace", "acme", "--key", "k")
        finally:
            busy.shutdown()
            thread.join()
    assert done.stderr == "1 values: 1 matched, 0 waiting\n"
    assert Busy.answers == 3
