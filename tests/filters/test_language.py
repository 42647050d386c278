"""What each way of writing finds, on a small real database."""

from typing import Any

import pytest

ALL = ["a1", "a2", "a3", "a4", "a5", "bare", "3f2c-9 x"]


def but(*ids: str) -> list[str]:
    return [name for name in ALL if name not in ids]


FINDS: list[tuple[str, list[str]]] = [
    # Everything, and ids.
    ("", ALL),
    (" \n\t ", ALL),
    ("a1", ["a1"]),
    ('"3f2c-9 x"', ["3f2c-9 x"]),
    ("id:a1,a2", ["a1", "a2"]),
    ("id~A", ["a1", "a2", "a3", "a4", "a5", "bare"]),
    ("-a1", but("a1")),
    ("a1 a2", []),
    ("nobody", []),
    # Text of metadata fields: case counts, except for `~`.
    ("location:texas", ["a1", "a3"]),
    ("location:texas,ohio", ["a1", "a2", "a3"]),
    ("location=texas", ["a1", "a3"]),
    ("location = texas", ["a1", "a3"]),
    ("location!=texas", but("a1", "a3")),
    ("-location:texas", but("a1", "a3")),
    ("NOT location:texas", but("a1", "a3")),
    ("NOT -location:texas", ["a1", "a3"]),
    ("location~TEX", ["a1", "a3", "a4"]),
    ("location~MÜN", ["a5"]),
    ("-location~tex", but("a1", "a3", "a4")),
    ("serial_number~SN-77", ["a1", "a2"]),
    ("serial_number~%", ["a4"]),
    ("serial_number~_", ["a4"]),
    ("serial_number~100_", []),
    ('"shift name":night', ["a1"]),
    ('"location":"texas"', ["a1", "a3"]),
    ('note:"said \\"hi\\"\\\\"', ["a5"]),
    ("note~\\", ["a5"]),
    ('line:"line, 7 (b)"', ["a5"]),
    ('line:""', ["3f2c-9 x"]),
    # Numbers and booleans are found however they are written; in quotes they are that very text.
    ("line:7", ["a1", "a2", "a4"]),
    ("line=7.00", ["a1", "a2", "a4"]),
    ('line:"7"', ["a1"]),
    ('line="7.0"', ["a2"]),
    ("line:7,8", ["a1", "a2", "a3", "a4"]),
    ('line:"7",8', ["a1", "a3"]),
    ("line!=7", but("a1", "a2", "a4")),
    ("temperature:72", []),
    ("passed:true", ["a2", "a3", "a4"]),
    ("passed:TRUE", ["a2", "a3", "a4"]),
    ('passed:"true"', ["a3"]),
    ("passed!=true", but("a2", "a3", "a4")),
    ("passed:true,false", ["a1", "a2", "a3", "a4"]),
    # Order: only values that read as finite numbers, or as times.
    ("temperature>70", ["a1"]),
    ("temperature > 70", ["a1"]),
    ("temperature>=71.5", ["a1"]),
    ("temperature>71.5", []),
    ("temperature<-1", ["a2"]),
    ("temperature<=71.5", ["a1", "a2"]),
    ("-temperature>70", but("a1")),
    ("produced>=2026-11-23", ["a1", "a3"]),
    ("produced<2026-11-23T10:15:00Z", ["a1", "a2"]),
    ("produced>-4h", ["a3"]),
    ("produced>=-4h", ["a1", "a3"]),
    ("produced:2026-11-23T12:00+02:00", ["a1"]),
    ('produced:"2026-11-23T12:00+02:00"', []),
    # Whether there is a value.
    ("has:serial_number", ["a1", "a2", "a4"]),
    ("-has:line", ["bare"]),
    ('has:"shift name"', ["a1", "a2"]),
    # How conditions are joined.
    ("location:texas passed:true", ["a3"]),
    ("location:texas AND passed:true", ["a3"]),
    ("location:texas OR passed:true", ["a1", "a2", "a3", "a4"]),
    ("location:ohio OR location:texas line:8", ["a2", "a3"]),
    ("(location:ohio OR location:texas) line:8", ["a3"]),
    ("(location:texas OR location:ohio) NOT passed:true", ["a1"]),
    ("-(location:texas OR has:passed)", ["a5", "bare", "3f2c-9 x"]),
    ("-(location:texas passed:true)", but("a3")),
    ("-has:location OR -operator:bob line:8", ["a3", "bare", "3f2c-9 x"]),
    ("((((location:ohio))))", ["a2"]),
    ("(location:texas)(line:8)", ["a3"]),
    # Built-ins.
    ("model:parts", ["a1", "a2", "a3"]),
    ('model:"parts"', ["a3"]),
    ("model:parts/3", ["a1"]),
    ("model:parts/3,labels", ["a1", "a4"]),
    ("model:hub/vit-b", ["bare"]),
    ("model~PART", ["a1", "a2", "a3"]),
    ("-has:model", ["a5", "3f2c-9 x"]),
    ("version:3", ["a1"]),
    ("version>=3", ["a1", "a2"]),
    ("task:classification", ["a4"]),
    ("class:scratch", ["a1", "a2", "a3"]),
    ("class:ok,dent", ["a1", "a3", "a4", "bare"]),
    ("class:scratch class:dent", ["a1", "a3"]),
    ("-class:scratch", ["a4", "a5", "bare", "3f2c-9 x"]),
    ("class~SCR", ["a1", "a2", "a3"]),
    ("has:class", ["a1", "a2", "a3", "a4", "bare"]),
    ("confidence>0.6", ["a1", "a2"]),
    ("confidence:0.9", ["a2"]),
    ("-confidence>0.6", but("a1", "a2")),
    ("detections:2", ["a1", "a3", "bare"]),
    ("detections<1", ["a5", "3f2c-9 x"]),
    ("detections:1,0", ["a2", "a4", "a5", "3f2c-9 x"]),
    ("latency>0.2s", ["a2", "3f2c-9 x"]),
    ("latency>=200ms", ["a2", "a3", "3f2c-9 x"]),
    ("latency<=0.2", ["a1", "a3"]),
    ("latency:100000us", ["a1"]),
    ("-has:latency", ["a4", "a5", "bare"]),
    ("device:edge-12", ["a1", "a2"]),
    ("device:edge-14", []),
    ("device~edge-14", ["a4"]),
    ("server:s1", ["a1", "a2"]),
    ("source:external,internal", ["a1", "a4"]),
    ("tag:night", ["a1", "a4"]),
    ("tag:night tag:fast", ["a1"]),
    ("-tag:night", but("a1", "a4")),
    ("has:tag", ["a1", "a4", "3f2c-9 x"]),
    ("tag~DÍ", ["3f2c-9 x"]),
    ("error:true", ["a3", "a4"]),
    ("error:false", but("a3", "a4")),
    ("error!=true", but("a3", "a4")),
    ('error:"true"', ["a4"]),
    ("has:error", ["a3", "a4"]),
    ("error~memory", ["a3"]),
    ('error:"CUDA out of memory"', ["a3"]),
    ("has:image", ["a1"]),
    ("-has:image", but("a1")),
    ("time>-2h", ["a1", "bare"]),
    ("time>=-2h time<now", ["a1", "a2", "a5"]),
    ("time<2026-11-01", ["3f2c-9 x"]),
    ('time>"2026-11-23 13:00"', ["a1", "bare"]),
    ("deployment:workflow", ["a4"]),
    # Conditions on one detection.
    ("class:scratch confidence<0.65", ["a3"]),
    ("detection(class:scratch confidence<0.5)", ["a1"]),
    ("detection(class:dent confidence<0.5)", ["a3"]),
    ("detection(class:dent)", ["a1", "a3", "bare"]),
    ("detection(confidence>0.8)", ["a1", "a2", "a3"]),
    ("detection(class:dent OR confidence<0.5)", ["a1", "a3", "bare"]),
    ("detection(-class:dent confidence>0.8)", ["a2", "a3"]),
    ("detection(class~DEN confidence>=0.6)", ["a1", "bare"]),
    ("detection(-has:confidence)", ["a4"]),
    ("detection(NOT confidence>0.1)", ["a4"]),
    ("detection (class:scratch,dent (confidence<0.35 OR confidence:0.4))", ["a1", "a3"]),
    ("-detection(class:dent confidence<0.5)", but("a3")),
    ("detection(class:scratch) detection(class:dent confidence>0.8)", ["a1"]),
    # Names that are also something else.
    ("metadata.class:premium", ["a4"]),
    ("metadata.time:08:00", ["a5"]),
    ("metadata.location:ohio", ["a2"]),
    ("metadata.has:x", ["a5"]),
    ("metadata.metadata.odd:1", ["a5"]),
    ("has:metadata.class", ["a4"]),
]


@pytest.mark.parametrize(("text", "ids"), FINDS, ids=[text for text, _ in FINDS])
def test_finds(factory: Any, text: str, ids: list[str]) -> None:
    assert factory.find(text) == ids


def test_a_value_never_becomes_sql(factory: Any) -> None:
    assert factory.find('location:"x\' OR 1=1 --"') == []
    assert factory.find("id:$filter_1,a1") == ["a1"]


def test_times_do_not_depend_on_the_zone_of_the_connection(factory: Any) -> None:
    factory.connection.execute("SET TimeZone = 'America/New_York'")
    try:
        assert factory.find("produced>=2026-11-23") == ["a1", "a3"]
        assert factory.find("produced<2026-11-23T10:15:00Z") == ["a1", "a2"]
    finally:
        factory.connection.execute("RESET TimeZone")


def test_parameters_bear_the_prefix(factory: Any) -> None:
    from sightline.filters import condition

    found = condition("location:texas line:7", factory.fields, prefix="left_")
    assert found.parameters
    assert all(name.startswith("left_") for name in found.parameters)


def test_names_the_fields_whose_columns_it_needs(factory: Any) -> None:
    found = factory.condition("-location:texas metadata.class:x device:edge-12 has:image")
    assert found.fields == {"location", "class", "\0image"}


@pytest.mark.parametrize(
    "text", ["location:texas", "device:edge-12", "model:parts/3", 'line:"7"', "latency>0.2s"]
)
def test_the_scan_of_the_table_filters(factory: Any, text: str) -> None:
    found = factory.condition(text)
    plan = factory.connection.execute(
        f"EXPLAIN SELECT count(*) FROM inferences AS i WHERE {found.where}", found.parameters
    ).fetchall()[0][1]
    assert "Filters:" in plan, plan
    assert "FILTER" not in plan.upper().replace("FILTERS:", "")


def test_a_hundred_conditions_are_answered(factory: Any) -> None:
    assert factory.find(" OR ".join(f"line:{number}" for number in range(100))) == ["a1", "a2", "a3", "a4"]
    assert factory.find("line:" + ",".join(str(number) for number in range(1_500))) == [
        "a1",
        "a2",
        "a3",
        "a4",
    ]
    assert factory.find("(" * 32 + "line:8" + ")" * 32) == ["a3"]
    assert factory.find("-(a5 OR " * 32 + "line:8" + ")" * 32) == ["a3"]
