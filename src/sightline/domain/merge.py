"""Which reports speak of the same inference, and what they say together.

Every function here depends only on the *set* of reports (each with its receive sequence), never on the order in
which they came: that is what makes late, repeated and reordered reports the normal case.

Reports of one id fall into families: pingback, gateway, native, aggregator. Inside a family each (model, time) is an
inference of its own, because clients may reuse an id. Across families reports are paired by nearest time, and only
mutually: a report joins the inference nearest to it if no other report of its family is nearer to that inference.
So one pingback and one gateway record of a unique id are always one inference, however far their clocks are apart,
and two gateway records of a reused id stay two though only one of their pingbacks arrived. The aggregator has no time
of its own worth trusting: all it says of an id goes to the inference nearest in time, or is one inference by itself.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby

import msgspec

from sightline.domain.report import DEPLOYMENTS, Detection, Inference, Kind, Report

Stamped = tuple[int, int, Report]
"""A report with its receive sequence and the moment it was received (microseconds)."""

FAMILIES: dict[Kind, int] = {
    Kind.PINGBACK_FULL: 0,
    Kind.PINGBACK_TINY: 0,
    Kind.GATEWAY: 1,
    Kind.NATIVE: 2,
    Kind.AGGREGATOR: 3,
}
_AGGREGATOR = FAMILIES[Kind.AGGREGATOR]


def moment_of(stamped: Stamped) -> int:
    """When a report says that its inference ended, or else when it was received."""
    _, received, report = stamped
    return received if report.time is None else report.time


def _rank(stamped: Stamped) -> tuple[Kind, int, int]:
    """Richest first; of equally rich ones the earliest by its own time, whatever the order of arrival."""
    sequence, _, report = stamped
    return report.kind, moment_of(stamped), sequence


def group(reports: Iterable[Stamped]) -> list[list[Stamped]]:
    """Reports of one inference_id -> one list an inference, each sorted by sequence."""
    ordered = sorted(reports, key=lambda stamped: stamped[0])
    if len(ordered) == 1:
        return [ordered]
    groups: list[list[Stamped]] = []
    for family in sorted(set(FAMILIES.values())):
        members = [stamped for stamped in ordered if FAMILIES[stamped[2].kind] == family]
        if members:
            groups = _place(
                _distinct(members, single=family == _AGGREGATOR), groups, single=family == _AGGREGATOR
            )
    return [sorted(found, key=lambda stamped: stamped[0]) for found in groups]


def _distinct(members: list[Stamped], *, single: bool) -> list[list[Stamped]]:
    if single:
        return [sorted(members, key=_rank)]
    by_key: dict[tuple[str | None, int | None], list[Stamped]] = {}
    for stamped in members:
        by_key.setdefault(stamped[2].key, []).append(stamped)
    # Ties are broken by what was said, not by when it came.
    return sorted(by_key.values(), key=lambda found: (moment_of(found[0]), found[0][2].model or ""))


def _place(records: list[list[Stamped]], groups: list[list[Stamped]], *, single: bool) -> list[list[Stamped]]:
    """Add each record to the group it belongs to, or make it a group of its own."""
    if not groups:
        return [list(record) for record in records]
    moments = [moment_of(found[0]) for found in groups]
    wishes = [(*_nearest(moment_of(record[0]), moments), index) for index, record in enumerate(records)]
    placed = [list(found) for found in groups]
    alone: list[list[Stamped]] = []
    for target, rivals in groupby(
        sorted(wishes, key=lambda wish: (wish[1], wish[0], wish[2])), lambda wish: wish[1]
    ):
        first, *others = rivals
        placed[target].extend(records[first[2]])
        alone.extend(records[index] for _, _, index in others)
    return placed if single else placed + alone


def _nearest(moment: int, moments: Sequence[int]) -> tuple[int, int]:
    """Distance to, and index of, the nearest of `moments`; the first of equals."""
    return min((abs(moment - other), index) for index, other in enumerate(moments))


def merge(reports: Sequence[Stamped]) -> Inference:
    """What the reports of one inference say together: field by field, the richest that says something wins."""
    ranked = reports if len(reports) == 1 else sorted(reports, key=_rank)
    number, received, said = ranked[0]
    moment = received
    for sequence, also_received, poorer in ranked[1:]:
        number, received = min(number, sequence), min(received, also_received)
        said = _filled(said, poorer)
    model, version = split_model(said.model)
    return Inference(
        number=number,
        inference_id=said.inference_id,
        time=moment if said.time is None else said.time,
        received=received,
        model_id=said.model,
        model=model,
        version=version,
        task=said.task,
        source=said.source,
        source_info=said.source_info,
        device=said.device,
        server=said.server,
        server_version=said.server_version,
        tags=said.tags or [],
        threshold=said.threshold,
        latency=said.latency,
        error=said.error,
        image_width=said.image_width,
        image_height=said.image_height,
        deployment=DEPLOYMENTS[said.kind],
        detections=_detections(ranked),
    )


def _filled(report: Report, poorer: Report) -> Report:
    """The report, with what only the poorer one says."""
    missing = {
        name: value
        for name in Report.__struct_fields__
        if getattr(report, name) is None and (value := getattr(poorer, name)) is not None
    }
    return msgspec.structs.replace(report, **missing) if missing else report


def split_model(model_id: str | None) -> tuple[str | None, str | None]:
    """`project/3` -> (`project`, `3`); anything without a numeric version is a model without one."""
    if model_id is None:
        return None, None
    project, slash, version = model_id.rpartition("/")
    if slash and project and version.isascii() and version.isdigit():
        return project, version
    return model_id, None


def _detections(ranked: Sequence[Stamped]) -> list[Detection]:
    told = [report for _, _, report in ranked if report.detections is not None]
    if not told:
        return []
    if told[0].kind is not Kind.AGGREGATOR:
        return told[0].detections or []
    # The aggregator sends the most confident detection of a class, possibly in several reports.
    best: dict[str, Detection] = {}
    for report in told:
        for detection in report.detections or []:
            kept = best.get(detection.class_name)
            if kept is None or (detection.confidence or 0) > (kept.confidence or 0):
                best[detection.class_name] = detection
    return [best[name] for name in sorted(best)]
