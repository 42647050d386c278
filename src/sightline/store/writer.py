"""The one writer of a workspace: a thread that turns what has gathered into one transaction, again and again.

The order of a commit is: the truth and the read model in one DuckDB transaction, then the index. The answer is sent
after both. Between commits the thread keeps the house in order: it folds values into their columns, folds counters
together and checkpoints, in slices short enough that no request waits long for one.
"""

import contextlib
import errno
import logging
import shutil
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

import duckdb

from sightline.domain.errors import DiskFull, SightlineError
from sightline.domain.merge import Stamped
from sightline.domain.report import Heartbeat, Problem
from sightline.store.duckdb.apply import append_truth, apply_plan
from sightline.store.duckdb.engine import Engine
from sightline.store.index import Changes, Index, identity, value_key
from sightline.store.plan import StampedAttachment, make_plan
from sightline.store.queue import Pending, WriteQueue, settle
from sightline.store.truth import read_truth
from sightline.store.write import Receipt

ROWS_A_COMMIT = 20_000
RESERVE = 64 * 1024 * 1024
"""Bytes of the disk that are left alone, so that a checkpoint always has room."""
TIDY_EVERY = 0.25
"""Seconds after which the house is tidied although requests wait."""
FOLD_AT = 2_000
"""Values in the overlay that are folded at once; fewer wait for a quiet moment."""
QUIET = 0.5
"""Seconds without a write that make a moment quiet."""
BREATH = 0.005
"""Seconds that the answers of a commit get to bring the next requests, before the time is used for tidying."""
INDEX_PAUSE = 0.05
CHECKPOINT_IDLE = 16 * 1024 * 1024
CHECKPOINT_BUSY = 1024 * 1024 * 1024

_log = logging.getLogger("sightline.store")


class Writer:
    def __init__(
        self, open_engine: Callable[[], Engine], index: Index, queue: WriteQueue, *, reserve: int
    ) -> None:
        self._open_engine = open_engine
        self.engine = open_engine()
        self._index = index
        self._queue = queue
        self._reserve = reserve
        self._lagging: list[tuple[Changes, int]] = []
        self._tidied = self._wrote = 0.0
        self._unfolded = self.engine.unfolded
        self.hurry = Event()
        """Set while somebody waits for the house to be in order."""
        self.settled = Event()
        """Set while nothing waits to be stored and the house is in order."""
        self.counts: Counter[str] = Counter()
        """What was done since the start, for the metrics: commits, reports, values, replays, rejected …"""
        catch_up(self.engine, index)
        self._thread = Thread(target=self._run, name=f"writer {self.engine.path.parent.name}", daemon=True)
        self._thread.start()

    def join(self) -> None:
        """Wait until the closed queue is drained and the files are closed."""
        self._thread.join()

    def _run(self) -> None:
        pause = 0.0
        while True:
            batch = self._queue.take(ROWS_A_COMMIT, seconds=pause)
            if batch:
                self.settled.clear()
                self._store(batch)
                self._wrote = time.monotonic()
            elif self._queue.closed:
                break
            pause = BREATH if batch else 0.0
            if not batch or time.monotonic() - self._tidied > TIDY_EVERY:
                pause = self._tidy(idle=not batch)
                self._tidied = time.monotonic()
        self.engine.close()

    def _store(self, batch: list[Pending]) -> None:
        """Commit a batch and hand out its receipts. One bad write among many spoils only itself."""
        try:
            receipts = self._commit(batch)
        except Exception as error:  # noqa: BLE001  whatever it was, somebody waits for an answer
            if len(batch) > 1 and not isinstance(error, SightlineError):
                for pending in batch:
                    self._store([pending])
                return
            if not isinstance(error, SightlineError):
                _log.exception("a write could not be stored")
            settle((pending, error) for pending in batch)
            return
        settle(zip(batch, receipts, strict=True))

    def _commit(self, batch: list[Pending]) -> list[Receipt]:
        self._check_room()
        self._bring_index_up()
        engine = self.engine
        received = time.time_ns() // 1000
        sequence = engine.sequence
        reports: list[Stamped] = []
        attachments: list[StampedAttachment] = []
        logged: list[tuple[StampedAttachment, str | None, str | None]] = []
        heartbeats: list[tuple[int, int, Heartbeat]] = []
        problems: list[tuple[int, int, Problem]] = []
        for write in (pending.write for pending in batch):
            for report in write.reports:
                sequence += 1
                reports.append((sequence, received, report))
            for attachment in write.attachments:
                sequence += 1
                attachments.append((sequence, received, attachment))
                logged.append((attachments[-1], write.actor, write.request))
            for heartbeat in write.heartbeats:
                sequence += 1
                heartbeats.append((sequence, received, heartbeat))
            for problem in write.problems:
                sequence += 1
                problems.append((sequence, received, problem))
        try:
            with engine.transaction() as connection:
                engine.note_fields(connection, attachments)
                plan = make_plan(reports, attachments, self._index, engine.fields, engine.load)
                append_truth(connection, plan.recorded, logged, heartbeats, problems)
                apply_plan(connection, plan, engine.columns)
        except duckdb.Error as error:
            self._recover(error)
            raise
        engine.sequence = sequence
        self._lagging.append((plan.index, sequence))
        try:
            self._bring_index_up()
        except DiskFull:
            _log.warning("the index lags behind until there is room on the disk")
        self._unfolded += len(plan.overlaid)
        self.counts += Counter(
            commits=1,
            reports=len(plan.recorded),
            replays=plan.replayed,
            values=sum(plan.matched) + sum(plan.waiting),
            heartbeats=len(heartbeats),
            rejected=len(problems),
        )
        return _receipts(batch, reports, plan.recorded, plan.matched, plan.waiting)

    def _check_room(self) -> None:
        free = shutil.disk_usage(self.engine.path.parent).free
        if free < self._reserve:
            raise DiskFull(
                f"only {free // 1_000_000} MB are free on the disk of {self.engine.path.parent.name!r}; "
                "nothing was stored",
                hint="make room; Sightline goes on by itself",
            )

    def _bring_index_up(self) -> None:
        """Write to the index what is in the truth already. It must be whole before the next plan is made."""
        while self._lagging:
            changes, sequence = self._lagging[0]
            try:
                self._index.write(changes, sequence)
            except OSError as error:
                raise DiskFull(
                    f"the index cannot be written: {error}", hint="make room on the disk"
                ) from error
            self._lagging.pop(0)

    def _recover(self, error: duckdb.Error) -> None:
        """After an error of the disk DuckDB refuses further work until it is opened again."""
        if not isinstance(error, duckdb.IOException | duckdb.FatalException | duckdb.InternalException):
            return
        _log.warning("opening %s again after: %s", self.engine.path, error)
        self.engine.close()
        self.engine = self._open_engine()
        if isinstance(error, duckdb.IOException) or "space" in str(error).lower():
            raise DiskFull(
                f"the disk of {self.engine.path.parent.name!r} refused the write; nothing was stored",
                hint="make room; Sightline goes on by itself",
            ) from OSError(errno.ENOSPC, str(error))

    def _tidy(self, *, idle: bool) -> float:
        """One step of keeping order. Returns the seconds to wait for requests before the next."""
        engine = self.engine
        quiet = self.hurry.is_set() or time.monotonic() - self._wrote >= QUIET
        try:
            if self._unfolded >= FOLD_AT or (self._unfolded and quiet):
                if engine.add_columns() or engine.fold():
                    return 0.0
                self._unfolded = 0
            if engine.compact():
                return 0.0
            if idle and quiet and self._index_log():
                # Nobody waits for this, so it leaves most of the time to the questions.
                return INDEX_PAUSE
            if engine.unchecked > (CHECKPOINT_IDLE if idle and quiet else CHECKPOINT_BUSY):
                engine.checkpoint()
        except duckdb.Error as error:
            _log.warning("could not tidy %s: %s", engine.path.parent.name, error)
            with contextlib.suppress(DiskFull):
                self._recover(error)
        if idle and not self._unfolded:
            self.settled.set()
        return 1.0 if quiet else QUIET

    def _index_log(self) -> bool:
        """Let the index follow the log of values by a little; whether there is more to do."""
        rows, upto = self.engine.log_after(self._index.progress_of_attached)
        if rows:
            self._index.add_attached(
                (
                    (identity(inference_id), value_key(field, value or ""), sequence)
                    for inference_id, field, value, sequence in rows
                ),
                upto,
            )
        return bool(rows)


def catch_up(engine: Engine, index: Index) -> None:
    """Tell the index what it missed: the last batch before a crash, or everything if it was deleted."""
    for upto, reports, attachments in read_truth(engine.cursor(), after=index.progress, upto=engine.sequence):
        index.write(make_plan(reports, attachments, index, engine.fields, engine.load).index, upto)


def _receipts(
    batch: list[Pending],
    reports: list[Stamped],
    recorded: list[Stamped],
    matched: list[int],
    waiting: list[int],
) -> list[Receipt]:
    new = {sequence for sequence, _, _ in recorded}
    receipts = []
    report = attachment = 0
    for write in (pending.write for pending in batch):
        sequences = [sequence for sequence, _, _ in reports[report : report + len(write.reports)]]
        fresh = sum(sequence in new for sequence in sequences)
        upto = attachment + len(write.attachments)
        receipts.append(
            Receipt(fresh, len(sequences) - fresh, matched[attachment:upto], waiting[attachment:upto])
        )
        report += len(sequences)
        attachment = upto
    return receipts


def database_of(folder: Path) -> Path:
    return folder / "workspace.duckdb"


def index_of(folder: Path) -> Path:
    return folder / "index.sqlite"
