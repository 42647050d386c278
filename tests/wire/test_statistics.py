"""The statistics' query parameters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sightline.domain.errors import BadRequest
from sightline.domain.moment import DAY, SECOND
from sightline.wire.statistics import Parameters, decode

NOW = 1_795_434_000 * SECOND
ELEVEN = 1_795_431_600 * SECOND


@pytest.mark.parametrize(
    "query", [{}, {"startTime": "", "endTime": " ", "modelNames": ""}, {"modelNames": " , "}]
)
def test_the_last_day_of_all_models_by_default(query: dict[str, str]) -> None:
    assert decode(query, now=NOW) == Parameters(start=NOW - DAY, end=NOW, models=[])


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-23 11:00:00",
        "2026-11-23T11:00:00Z",
        "2026-11-23T11:00:00.000Z",
        "2026-11-23T12:00:00+01:00",
        "2026-11-23T12:00:00 01:00",
        "2026-11-23 06:00:00-05:00",
        "1795431600",
    ],
)
def test_forms_of_time(written: str) -> None:
    assert decode({"startTime": written}, now=NOW).start == ELEVEN
    ended = decode({"endTime": written, "modelNames": "parts, bolts,"}, now=NOW)
    assert ended == Parameters(start=ELEVEN - DAY, end=ELEVEN, models=["parts", "bolts"])


@pytest.mark.parametrize("name", ["startTime", "endTime"])
@pytest.mark.parametrize(
    "written", ["yesterday", "2026-13-01 00:00:00", "1969-12-31 00:00:00", "9999-01-01", "nan"]
)
def test_bad_times_name_the_parameter(name: str, written: str) -> None:
    with pytest.raises(BadRequest) as caught:
        decode({name: written}, now=NOW)
    assert caught.value.where == name


@pytest.mark.parametrize("start", ["2026-11-23 11:00:00", "2026-11-23 11:00:01"])
def test_the_start_lies_before_the_end(start: str) -> None:
    with pytest.raises(BadRequest) as caught:
        decode({"startTime": start, "endTime": "2026-11-23 11:00:00"}, now=NOW)
    assert caught.value.where == "startTime"


@given(st.sampled_from(["startTime", "endTime", "modelNames"]), st.text() | st.datetimes().map(str))
def test_never_an_error_of_ours(name: str, written: str) -> None:
    refused = None
    try:
        found = decode({name: written}, now=NOW)
        assert found.start < found.end
    except BadRequest as error:
        refused = error
    assert refused is None or refused.where in {"startTime", "endTime"}
