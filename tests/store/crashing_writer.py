"""Writes to the workspace in a folder from eight threads and prints each id once it is acknowledged, until killed."""

import itertools
import sys
import threading
from pathlib import Path

from sightline.domain.report import Detection, Kind, Report
from sightline.domain.value import Attachment
from sightline.store.workspace import Workspace
from sightline.store.write import Write

START = 1_795_000_000_000_000
workspace = Workspace(Path(sys.argv[1]))
run = sys.argv[2]
lock = threading.Lock()


def write(thread: int) -> None:
    for turn in itertools.count():
        ids = [f"{run}-{thread}-{turn}-{place}" for place in range(5)]
        # Every other time the values come first and wait.
        values = Write(attachments=[Attachment([id_], "serial", f"serial of {id_}") for id_ in ids])
        reports = Write(
            reports=[
                Report(
                    Kind.PINGBACK_TINY,
                    id_,
                    time=START + turn,
                    model="parts/3",
                    detections=[Detection("dent", 0.5)],
                )
                for id_ in ids
            ]
        )
        for each in (values, reports) if turn % 2 else (reports, values):
            workspace.submit(each).result()
        with lock:
            sys.stdout.write("".join(f"{id_}\n" for id_ in ids))
            sys.stdout.flush()


for number in range(8):
    threading.Thread(target=write, args=(number,), daemon=True).start()
threading.Event().wait()
