"""Whatever is written into a parameter is answered, or refused with an error that names it."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sightline.domain.errors import SightlineError
from sightline.questions import facets, groups, inference, search, series, summary, values

NOW = 1_795_000_000_000_000
ASKED: list[tuple[Any, type, dict[str, Any], str]] = [
    (summary, summary.SummaryParameters, {"now": NOW}, "start"),
    (summary, summary.SummaryParameters, {"now": NOW}, "end"),
    (search, search.SearchParameters, {"now": NOW}, "filter"),
    (search, search.SearchParameters, {"now": NOW}, "cursor"),
    (series, series.SeriesParameters, {"now": NOW}, "bucket"),
    (series, series.SeriesParameters, {"now": NOW}, "split"),
    (groups, groups.GroupsParameters, {"now": NOW}, "by"),
    (facets, facets.FacetsParameters, {"now": NOW}, "names"),
    (values, values.ValuesParameters, {}, "name"),
    (values, values.ValuesParameters, {"name": "line"}, "prefix"),
    (inference, inference.InferenceParameters, {"now": NOW}, "inference_id"),
    (inference, inference.InferenceParameters, {"now": NOW, "inference_id": "id-0"}, "time"),
]
# No half of a surrogate pair: what HTTP decodes holds none.
texts = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    st.text('line,"\\ \n\r\0:-w19', max_size=12),
    st.from_regex(r"-?\d{1,7}[smhdw]", fullmatch=True),
    st.datetimes().map(str),
)


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=st.sampled_from(ASKED), text=texts)
def test_never_an_error_of_ours(factory: Any, asked: tuple[Any, Any, dict[str, Any], str], text: str) -> None:
    question, kind, given_, name = asked
    try:
        refused = None
        assert factory.ask(question, kind(**given_ | {name: text})) is not None
    except SightlineError as error:
        refused = error
    assert refused is None or (400 <= refused.status < 500 and refused.message)
