"""Lists of names in parameters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sightline.domain.errors import BadRequest
from sightline.questions.names import split_names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", []),
        (" , ,", []),
        ("line", ["line"]),
        (" line , shift,line", ["line", "shift"]),
        ('"shift, long",line', ["shift, long", "line"]),
        ('" edge " , "say ""hi"""', [" edge ", 'say "hi"']),
        ('5" pipe', ['5" pipe']),
        ("two\nlines,b", ["two\nlines", "b"]),
    ],
)
def test_names_are_split_at_commas(text: str, names: list[str]) -> None:
    assert split_names(text, where="by") == names


@given(st.lists(st.text(min_size=1), unique=True))
def test_every_name_can_be_written(names: list[str]) -> None:
    written = ",".join('"' + name.replace('"', '""') + '"' for name in names)
    assert split_names(written, where="by") == names


@pytest.mark.parametrize("text", ['"line', '  "line', ' "line', '"line"x', 'a,"b" c', '"'])
def test_quotes_out_of_place_are_refused(text: str) -> None:
    with pytest.raises(BadRequest, match="quote") as refused:
        split_names(text, where="by")
    assert refused.value.where == "by"
