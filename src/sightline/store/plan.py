"""What a batch of the truth means for the read model: which inferences come, change and go, and which values they bear.

The same function serves the writer, the catching up of a lagging index and the rebuild, so that all three agree.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from sightline.domain.merge import FAMILIES, Stamped, group, merge
from sightline.domain.report import Inference, Kind
from sightline.domain.value import Attachment
from sightline.store.index import Changes, Index, Known, Waiting, identity, is_replay, replay_key

REGROUPED_AT_MOST = 1_000
"""An id reused more often than this is regrouped among its latest reports only."""

StampedAttachment = tuple[int, int, Attachment]
"""An attachment with its receive sequence and the moment it was received (microseconds)."""


class Overlaid(NamedTuple):
    """A value laid over the read model."""

    number: int
    field: int
    sequence: int
    value: str | None


class Plan(msgspec.Struct):
    recorded: list[Stamped] = []
    """The reports that say something new."""
    replayed: int = 0
    added: list[Inference] = []
    updated: list[Inference] = []
    removed: list[int] = []
    before: list[Inference] = []
    """What the updated and removed ones were, so that they can be taken out of the counters."""
    inherited: list[tuple[int, int]] = []
    """(new, old): inferences of an id that is known already bear its values too."""
    overlaid: list[Overlaid] = []
    matched: list[int] = []
    waiting: list[int] = []
    index: Changes = msgspec.field(default_factory=Changes)


def make_plan(
    reports: Sequence[Stamped],
    attachments: Sequence[StampedAttachment],
    index: Index,
    fields: Mapping[str, int],
    load: Callable[[list[int]], list[Stamped]],
) -> Plan:
    """`fields` numbers every field of the attachments; `load` reads reports from the truth by sequence."""
    plan = Plan()
    identities: dict[str, bytes] = {}

    def identify(inference_id: str) -> bytes:
        found = identities.get(inference_id)
        if found is None:
            found = identities[inference_id] = identity(inference_id)
        return found

    for _, _, report in reports:
        identify(report.inference_id)
    reported = set(identities.values())
    for _, _, attachment in attachments:
        for inference_id in attachment.inference_ids:
            identify(inference_id)
    known = index.known(set(identities.values()))

    _place_reports(plan, reports, identify, known, load)
    _join_waiting(plan, index, reported, known)
    _attach(plan, attachments, identify, known, fields)
    return plan


def _place_reports(
    plan: Plan,
    reports: Sequence[Stamped],
    identify: Callable[[str], bytes],
    known: dict[bytes, list[Known]],
    load: Callable[[list[int]], list[Stamped]],
) -> None:
    """Sort out replays, then decide for each id which inferences its reports make. Brings `known` up to date."""
    fresh: dict[bytes, list[tuple[Stamped, int]]] = {}
    for stamped in reports:
        id_ = identify(stamped[2].inference_id)
        key = replay_key(stamped[2])
        earlier = fresh.get(id_, [])
        seen = [Known(other[0], other[2].kind, other_key, 0) for other, other_key in earlier]
        if is_replay(stamped[2], key, known.get(id_, ())) or is_replay(stamped[2], key, seen):
            plan.replayed += 1
            continue
        fresh.setdefault(id_, []).append((stamped, key))
        plan.recorded.append(stamped)

    regrouped: dict[bytes, list[Known]] = {}
    for id_, arrivals in fresh.items():
        before = known.get(id_, [])
        kinds = {FAMILIES[Kind(other.kind)] for other in before} | {
            FAMILIES[other[2].kind] for other, _ in arrivals
        }
        keys = {other.key for other in before} | {key for _, key in arrivals}
        alone = (
            len(kinds) == 1
            and len(keys) == len(before) + len(arrivals)
            and kinds != {FAMILIES[Kind.AGGREGATOR]}
        )
        if alone or len(before) + len(arrivals) == 1:
            # The usual case, and that of a client that reuses its id: each report is an inference of its own.
            for stamped, key in arrivals:
                rows = plan.index.reports.setdefault(id_, [])
                rows.append(Known(stamped[0], stamped[2].kind, key, stamped[0]))
                plan.added.append(merge([stamped]))
                if before:
                    plan.inherited.append((stamped[0], before[0].number))
            known[id_] = before + plan.index.reports[id_]
        else:
            regrouped[id_] = before[-REGROUPED_AT_MOST:]
    loaded = {
        stamped[0]: stamped
        for stamped in load([other.sequence for rows in regrouped.values() for other in rows])
    }
    for id_, before in regrouped.items():
        _regroup(plan, id_, before, loaded, fresh[id_])
        latest = {other.sequence: other for other in (*known.get(id_, ()), *plan.index.reports[id_])}
        known[id_] = [latest[sequence] for sequence in sorted(latest)]


def _regroup(
    plan: Plan,
    id_: bytes,
    before: list[Known],
    loaded: Mapping[int, Stamped],
    arrivals: list[tuple[Stamped, int]],
) -> None:
    """Group all reports of one id anew, and note what that changes."""
    old: dict[int, list[Stamped]] = {}
    for other in before:
        old.setdefault(other.number, []).append(loaded[other.sequence])
    keys = {other.sequence: other.key for other in before} | {stamped[0]: key for stamped, key in arrivals}
    new = {
        found[0][0]: found
        for found in group(
            [*(loaded[other.sequence] for other in before), *(stamped for stamped, _ in arrivals)]
        )
    }
    plan.index.reports[id_] = [
        Known(sequence, report.kind, keys[sequence], number)
        for number, found in sorted(new.items())
        for sequence, _, report in found
    ]
    sibling = min(old, default=None)
    for number, found in new.items():
        if number not in old:
            plan.added.append(merge(found))
            if sibling is not None:
                plan.inherited.append((number, sibling))
        elif found != old[number]:
            plan.updated.append(merge(found))
            plan.before.append(merge(old[number]))
    for number, found in old.items():
        if number not in new:
            plan.removed.append(number)
            plan.before.append(merge(found))


def _join_waiting(plan: Plan, index: Index, reported: set[bytes], known: Mapping[bytes, list[Known]]) -> None:
    """Values that waited for the ids that have just been reported for the first time."""
    arrived = [id_ for id_ in reported if id_ in plan.index.reports]
    for id_, values in index.waiting(arrived).items():
        plan.index.arrived.add(id_)
        numbers = {other.number for other in known[id_]}
        plan.overlaid += [
            Overlaid(number, value.field, value.sequence, value.value)
            for value in values
            for number in sorted(numbers)
        ]


def _attach(
    plan: Plan,
    attachments: Iterable[StampedAttachment],
    identify: Callable[[str], bytes],
    known: Mapping[bytes, list[Known]],
    fields: Mapping[str, int],
) -> None:
    for sequence, received, attachment in attachments:
        field = fields[attachment.field]
        matched = waiting = 0
        for inference_id in dict.fromkeys(attachment.inference_ids):
            id_ = identify(inference_id)
            reports = known.get(id_)
            if reports is None:
                waiting += 1
                if attachment.value is None:
                    plan.index.waiting.pop((id_, field), None)
                    plan.index.withdrawn.add((id_, field))
                else:
                    plan.index.waiting[id_, field] = Waiting(
                        field, sequence, received, inference_id, attachment.value
                    )
                continue
            matched += 1
            numbers = (
                (reports[0].number,) if len(reports) == 1 else sorted({other.number for other in reports})
            )
            plan.overlaid += [Overlaid(number, field, sequence, attachment.value) for number in numbers]
        plan.matched.append(matched)
        plan.waiting.append(waiting)
