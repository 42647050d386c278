"""Every example of docs/filters.md is understood, and its table of built-ins is complete."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sightline.domain.errors import FilterError
from sightline.filters import BUILT_INS

PAGE = (Path(__file__).parents[2] / "docs" / "filters.md").read_text(encoding="utf-8")
EXAMPLES = [text.strip() for text in re.findall(r"```filter\n(.*?)```", PAGE, re.DOTALL)]

FINDS = {
    "location:texas line:7,8 passed:false -operator:bob": ["texas"],
    "metadata.class:premium class:scratch": ["ohio"],
    "temperature > 70 serial_number~SN-77 has:operator": ["texas"],
    "a12a19a9-a933-44c9-970c-a55ea03bb453": ["a12a19a9-a933-44c9-970c-a55ea03bb453"],
    "time>=-2h produced<2026-11-23T14:00:00+01:00": ["texas"],
    "latency>200ms confidence<0.5 detections>=1": ["ohio"],
    '"shift name":night operator:"Ann \\"Speedy\\" Lee"': ["texas"],
    "(location:texas OR location:ohio) NOT passed:true": ["texas"],
    "has:operator -operator:bob": ["texas"],
    "detection(class:scratch confidence<0.5)": ["ohio"],
    "-detection(class:scratch,dent (confidence<0.35 OR -has:confidence))": [
        "texas",
        "a12a19a9-a933-44c9-970c-a55ea03bb453",
    ],
}


@pytest.fixture(scope="module")
def plants(make_database: Callable[..., Any]) -> Any:
    texas = {
        "location": "texas", "line": "7.0", "passed": "False", "operator": 'Ann "Speedy" Lee', "temperature": "71",
        "serial_number": "sn-7712", "shift name": "night", "produced": "2026-11-23T12:59:00Z",
    }  # fmt: skip
    ohio = {"location": "ohio", "class": "premium", "passed": "True", "operator": "bob", "line": "9"}
    return make_database(
        [
            {"id": "texas", "time": "2026-11-23T13:00:00Z", "metadata": texas},
            {"id": "ohio", "latency": 0.3, "detections": [("scratch", 0.3), ("dent", 0.4)], "metadata": ohio},
            {"id": "a12a19a9-a933-44c9-970c-a55ea03bb453", "detections": [("dent", 0.9)]},
        ]
    )


@pytest.mark.parametrize("text", EXAMPLES)
def test_example(plants: Any, text: str) -> None:
    assert plants.find(text) == FINDS[text]


def test_no_expectation_is_left_over() -> None:
    assert set(EXAMPLES) == set(FINDS)


def test_the_table_names_every_built_in_and_what_it_takes(plants: Any) -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]*) \|", PAGE, re.MULTILINE))
    assert set(rows) == set(BUILT_INS)
    values = {"time": "now", "version": "3"}
    for name, operators in rows.items():
        told = re.findall(r"`([:=!<>~]+)`", operators)
        for operator in (":", "=", "!=", "<", "<=", ">", ">=", "~"):
            text = f"{name}{operator}{values.get(name, '1')}"
            if operator in told or operators == "all":
                plants.find(text)
            else:
                with pytest.raises(FilterError, match="cannot be compared"):
                    plants.find(text)
