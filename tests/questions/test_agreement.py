"""Count, list, facets, groups and series of any filter and range agree, with each other and with plain Python."""

from collections import Counter, defaultdict
from collections.abc import Callable
from itertools import pairwise
from statistics import fmean, median
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sightline.domain.moment import HOUR, parse_moment, write_moment
from sightline.questions import facets, groups, models, search, series, summary

NOW = 1_795_000_000_000_000
Predicate = Callable[[Any], bool]

CONDITIONS: dict[str, Predicate] = {
    "line:7": lambda known: known.metadata["line"] == "7",
    "line:7,8": lambda known: known.metadata["line"] in ("7", "8"),
    "-shift:night": lambda known: known.metadata["shift"] != "night",
    "has:temperature": lambda known: "temperature" in known.metadata,
    "temperature>60": lambda known: float(known.metadata.get("temperature", 0)) > 60,
    "has:note": lambda known: "note" in known.metadata,
    "metadata.class:A": lambda known: known.metadata.get("class") == "A",
    "class:scratch": lambda known: any(name == "scratch" for name, _ in known.detections),
    "detection(class:dent confidence<0.6)": lambda known: any(
        name == "dent" and confidence is not None and confidence < 0.6
        for name, confidence in known.detections
    ),
    "detections>1": lambda known: len(known.detections) > 1,
    "device:edge-1": lambda known: known.device == "edge-1",
    "tag:beta": lambda known: "beta" in known.tags,
    "error:true": lambda known: known.error is not None,
    "detections>=0": lambda known: True,
}
filters = st.lists(st.tuples(st.sampled_from(sorted(CONDITIONS)), st.booleans()), max_size=3)
moments = st.one_of(
    st.integers(NOW - 13 * 24 * HOUR, NOW),
    st.integers(0, 13 * 24).map(lambda hours: NOW // HOUR * HOUR - hours * HOUR),
)
ranges = st.tuples(moments, moments).filter(lambda pair: pair[0] != pair[1]).map(sorted)
PROPERTY = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def written(conditions: list[tuple[str, bool]]) -> str:
    return " ".join(f"NOT ({text})" if negated else text for text, negated in conditions)


def matching(factory: Any, conditions: list[tuple[str, bool]], start: int, end: int) -> list[Any]:
    return [
        known
        for known in factory.inferences
        if start <= known.time < end
        and all(CONDITIONS[text](known) != negated for text, negated in conditions)
    ]


def scope(conditions: list[tuple[str, bool]], start: int, end: int) -> dict[str, Any]:
    return {"now": NOW, "start": write_moment(start), "end": write_moment(end), "filter": written(conditions)}


def close(value: float | None) -> Any:
    return None if value is None else pytest.approx(value, rel=1e-9, abs=1e-12)


def mean(numbers: list[float]) -> Any:
    return close(fmean(numbers)) if numbers else None


def quantile(numbers: list[float], share: float) -> Any:
    if not numbers:
        return None
    ordered = sorted(numbers)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return close(ordered[low] + (ordered[high] - ordered[low]) * (place - low))


def latencies(found: list[Any]) -> list[float]:
    return [known.latency for known in found if known.latency is not None]


def confidences(found: list[Any]) -> list[float]:
    return [confidence for known in found for confidence in known.confidences]


def values_of(known: Any, name: str) -> list[str | None]:
    """The groups that an inference belongs to."""
    match name:
        case "model" | "device" | "error":
            return [getattr(known, name)]
        case "class":
            return sorted({text for text, _ in known.detections}) or [None]
        case "tag":
            return sorted(known.tags) or [None]
        case _:
            return [known.metadata.get(name.removeprefix("metadata."))]


@PROPERTY
@given(conditions=filters, period=ranges)
def test_summary(factory: Any, conditions: list[tuple[str, bool]], period: list[int]) -> None:
    start, end = period
    answer = factory.ask(summary, summary.SummaryParameters(**scope(conditions, start, end)))
    for totals, low, high in ((answer.current, start, end), (answer.previous, 2 * start - end, start)):
        found = matching(factory, conditions, low, high)
        assert totals == summary.Totals(
            inferences=len(found),
            detections=sum(len(known.detections) for known in found),
            confidence=mean(confidences(found)),
            latency=mean(latencies(found)),
            errors=sum(known.error is not None for known in found),
            models=len({known.model for known in found} - {None}),
            devices=len({known.device for known in found} - {None}),
        )
    if answer.previous.inferences:
        growth = answer.current.inferences / answer.previous.inferences - 1
        assert answer.change.inferences == close(growth)
    else:
        assert answer.change.inferences is None


@PROPERTY
@given(period=ranges)
def test_counters_and_rows_say_the_same(factory: Any, period: list[int]) -> None:
    """Unfiltered questions read counters; a filter that is always true reads every row."""
    start, end = period
    plain, always = scope([], start, end), scope([("detections>=0", False)], start, end)
    one = factory.ask(summary, summary.SummaryParameters(**plain))
    other = factory.ask(summary, summary.SummaryParameters(**always))
    for name in one.current.__struct_fields__:
        assert getattr(one.current, name) == close(getattr(other.current, name))
        assert getattr(one.previous, name) == close(getattr(other.previous, name))
    by_counters = factory.ask(models, models.ModelsParameters(**plain)).items
    by_rows = factory.ask(models, models.ModelsParameters(**always)).items
    assert len(by_counters) == len(by_rows)
    for item, same in zip(by_counters, by_rows, strict=True):
        for name in item.__struct_fields__:
            if name in ("confidence", "latency", "share"):
                assert getattr(item, name) == close(getattr(same, name))
            elif name == "classes":
                for part, twin in zip(item.classes, same.classes, strict=True):
                    assert (part.class_name, part.inferences, part.detections) == (
                        twin.class_name,
                        twin.inferences,
                        twin.detections,
                    )
                    assert part.confidence == close(twin.confidence)
            else:
                assert getattr(item, name) == getattr(same, name)


@PROPERTY
@given(conditions=filters, period=ranges)
def test_models(factory: Any, conditions: list[tuple[str, bool]], period: list[int]) -> None:
    found = matching(factory, conditions, *period)
    answer = factory.ask(models, models.ModelsParameters(**scope(conditions, *period)))
    for item in answer.items:
        of_model = [known for known in found if known.model == item.model]
        assert item.inferences == len(of_model)
        assert item.confidence == mean(confidences(of_model))
        assert item.latency == mean(latencies(of_model))
        assert item.first_seen == (write_moment(min(known.time for known in of_model)) if of_model else None)
        assert {part.class_name: (part.inferences, part.detections) for part in item.classes} == {
            name: (
                sum(any(text == name for text, _ in known.detections) for known in of_model),
                sum(text == name for known in of_model for text, _ in known.detections),
            )
            for name in {text for known in of_model for text, _ in known.detections}
        }
    assert sum(item.inferences for item in answer.items) == len(found)
    counts = [item.inferences for item in answer.items]
    assert counts == sorted(counts, reverse=True)


NAMES = ["model", "device", "error", "class", "tag", "line", "shift", "note", "metadata.class"]


@PROPERTY
@given(
    conditions=filters,
    period=ranges,
    by=st.lists(st.sampled_from(NAMES), min_size=1, max_size=2, unique=True),
    limit=st.integers(1, 40),
    order=st.sampled_from(
        ["inferences", "detections", "confidence", "confidence_median", "latency_p95", "errors"]
    ),
    direction=st.sampled_from(["descending", "ascending"]),
)
def test_groups(
    factory: Any,
    conditions: list[tuple[str, bool]],
    period: list[int],
    by: list[str],
    limit: int,
    order: Any,
    direction: Any,
) -> None:
    found = matching(factory, conditions, *period)
    expected: dict[tuple[str | None, ...], list[Any]] = defaultdict(list)
    for known in found:
        for first in values_of(known, by[0]):
            for second in values_of(known, by[1]) if len(by) == 2 else [None]:
                expected[(first, second)[: len(by)]].append(known)
    answer = factory.ask(
        groups,
        groups.GroupsParameters(
            **scope(conditions, *period), by=",".join(by), limit=limit, order=order, direction=direction
        ),
    )
    assert answer.inferences == len(found)
    assert answer.total_groups == len(expected)
    assert len(answer.items) == min(limit, len(expected))
    assert (answer.other is None) == (len(expected) <= limit)
    for item in answer.items:
        of_group = expected[tuple(item.values)]
        name = item.values[by.index("class")] if "class" in by else None
        detections = [
            confidence
            for known in of_group
            for text, confidence in known.detections
            if "class" not in by or text == name
        ]
        told = [confidence for confidence in detections if confidence is not None]
        assert item.inferences == len(of_group)
        assert item.share == close(len(of_group) / len(found))
        assert item.detections == len(detections)
        assert item.confidence == mean(told)
        assert item.confidence_median == (close(median(told)) if told else None)
        assert item.latency_p50 == quantile(latencies(of_group), 0.5)
        assert item.latency_p95 == quantile(latencies(of_group), 0.95)
        assert item.errors == sum(known.error is not None for known in of_group)
    measured = [getattr(item, order) for item in answer.items]
    told = [value for value in measured if value is not None]
    assert measured == told + [None] * (len(measured) - len(told))
    assert all(
        after <= before + 1e-12 if direction == "descending" else after >= before - 1e-12
        for before, after in pairwise(told)
    )
    counted = sum(item.inferences for item in answer.items) + (answer.other.inferences if answer.other else 0)
    assert counted == sum(len(of_group) for of_group in expected.values())


def test_groups_leave_out_what_nobody_asked_for(factory: Any) -> None:
    asked = {"now": NOW, "start": "-13d", "by": "line"}
    whole = factory.ask(groups, groups.GroupsParameters(**asked)).items
    less = factory.ask(groups, groups.GroupsParameters(**asked, measures="inferences,latency_p95")).items
    assert [item.latency_p95 for item in less] == [item.latency_p95 for item in whole]
    assert {item.confidence_median for item in less} == {None}
    assert None not in {item.confidence_median for item in whole}


def test_series_leave_out_latencies_that_nobody_asked_for(factory: Any) -> None:
    asked = {"now": NOW, "start": "-13d", "split": "line"}
    whole = factory.ask(series, series.SeriesParameters(**asked)).items
    less = factory.ask(series, series.SeriesParameters(**asked, measures="errors")).items
    for one, other in zip(whole, less, strict=True):
        assert any(value is not None for value in one.latency_p50)
        assert {*other.latency_p50, *other.latency_p95} == {None}
        assert (other.inferences, other.confidence, other.errors) == (
            one.inferences,
            one.confidence,
            one.errors,
        )


@PROPERTY
@given(
    conditions=filters,
    period=ranges,
    split=st.sampled_from(["", "model", "class", "tag", "line", "note", "metadata.class"]),
    top=st.integers(1, 5),
)
def test_series(
    factory: Any, conditions: list[tuple[str, bool]], period: list[int], split: str, top: int
) -> None:
    found = matching(factory, conditions, *period)
    answer = factory.ask(series, series.SeriesParameters(**scope(conditions, *period), split=split, top=top))
    assert 1 <= len(answer.buckets) <= 200
    counts: Counter[str | None] = Counter(
        value for known in found for value in (values_of(known, split) if split else [None])
    )
    best = sorted(
        (value for value in counts if value is not None), key=lambda value: (-counts[value], value)
    )[:top]
    place = {value: number for number, value in enumerate(best)}
    for item_place, item in enumerate(answer.items):
        rest = split and item.value == "(other)" and item_place >= len(best)
        of_item = [
            known
            for known in found
            if not split
            or any(
                value == item.value if not rest else value is not None and value not in place
                for value in values_of(known, split)
            )
        ]
        times = [*(parse_moment(text, now=NOW, where="bucket") for text in answer.buckets), NOW]
        by_bucket = [
            [known for known in of_item if low <= known.time < high] for low, high in pairwise(times)
        ]
        if not (rest and split in ("class", "tag")):
            assert item.inferences == [len(of_bucket) for of_bucket in by_bucket]
            assert item.latency_p50 == [quantile(latencies(of_bucket), 0.5) for of_bucket in by_bucket]
            assert item.errors == [sum(known.error is not None for known in part) for part in by_bucket]
        if split != "class":
            assert (
                item.detections == [sum(len(known.detections) for known in part) for part in by_bucket]
                or rest
            )
    assert sum(sum(item.inferences) for item in answer.items) == sum(counts.values())


@PROPERTY
@given(conditions=filters, period=ranges)
def test_every_question_counts_alike(
    factory: Any, conditions: list[tuple[str, bool]], period: list[int]
) -> None:
    count = len(matching(factory, conditions, *period))
    common = scope(conditions, *period)
    listed = factory.ask(search, search.SearchParameters(**common, limit=1000))
    assert listed.total == search.Total(count, exact=True)
    assert len(listed.items) == count
    assert factory.ask(summary, summary.SummaryParameters(**common)).current.inferences == count
    (all_of_it,) = factory.ask(series, series.SeriesParameters(**common)).items
    assert sum(all_of_it.inferences) == count
    by_line = factory.ask(groups, groups.GroupsParameters(**common, by="line"))
    assert sum(item.inferences for item in by_line.items) == by_line.inferences == count
    untouched = [name for name in ("source", "server", "version") if name not in common["filter"]]
    for facet in factory.ask(facets, facets.FacetsParameters(**common, names=",".join(untouched))).items:
        assert facet.complete
        assert facet.missing + sum(value.count for value in facet.values) == count


@PROPERTY
@given(conditions=filters, period=ranges)
def test_facets(factory: Any, conditions: list[tuple[str, bool]], period: list[int]) -> None:
    names = ["line", "shift", "class", "tag", "device", "note", "metadata.class", "temperature", "latency"]
    answer = factory.ask(
        facets, facets.FacetsParameters(**scope(conditions, *period), names=",".join(names), limit=100)
    )
    assert [item.name for item in answer.items] == names
    own = {"metadata.class": ["metadata.class:A"], "tag": ["tag:beta"], "note": ["has:note"]}
    own |= {"line": ["line:7", "line:7,8"], "shift": ["-shift:night"], "class": ["class:scratch"]}
    own |= {"temperature": ["has:temperature", "temperature>60"], "device": ["device:edge-1"]}
    for item in answer.items:
        rest = [(text, negated) for text, negated in conditions if text not in own.get(item.name, [])]
        found = matching(factory, rest, *period)
        values: Counter[str | None]
        if item.name == "latency":
            values = Counter(None if known.latency is None else str(known.latency) for known in found)
        else:
            values = Counter(value for known in found for value in values_of(known, item.name))
        assert item.complete
        assert item.missing == values.pop(None, 0)
        assert item.distinct == len(values)
        assert [value.count for value in item.values] == [count for _, count in values.most_common(100)]
        assert all(values[value.value] == value.count for value in item.values)
        if item.histogram is not None:
            edges, counts = item.histogram.edges, item.histogram.counts
            assert len(edges) == len(counts) + 1 <= 21
            numbers = [float(value) for value in values.elements()]
            last = len(counts) - 1
            assert counts == [
                sum(low <= number < high or (bin_ == last and number == high) for number in numbers)
                for bin_, (low, high) in enumerate(pairwise(edges))
            ]
            assert sum(counts) == len(numbers)


@PROPERTY
@given(period=ranges, by=st.sampled_from(["shift", "tag", "class"]))
def test_where_every_detection_has_a_confidence(sure: Any, period: list[int], by: str) -> None:
    """Then the confidences are weighed in a cheaper way."""
    start, end = period
    found = matching(sure, [], start, end)
    always = scope([("detections>=0", False)], start, end)
    answer = sure.ask(summary, summary.SummaryParameters(**always))
    assert answer.current.confidence == mean(confidences(found))
    by_model = sure.ask(models, models.ModelsParameters(**always))
    for item in by_model.items:
        assert item.confidence == mean(confidences([known for known in found if known.model == item.model]))
    for group in sure.ask(groups, groups.GroupsParameters(**always, by=by)).items:
        (value,) = group.values
        assert group.confidence == mean(
            [
                confidence
                for known in found
                if value in values_of(known, by)
                for text, confidence in known.detections
                if by != "class" or text == value
            ]
        )
