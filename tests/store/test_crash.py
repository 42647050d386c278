"""kill -9 under concurrent writes: what was acknowledged is there, and the read model equals the rebuilt one.

`SIGHTLINE_TEST_CRASHES` sets how often (3 by default, 20 before a release).
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sightline.store.rebuild import rebuild
from sightline.store.workspace import Workspace

WRITER = Path(__file__).with_name("crashing_writer.py")
RUNS = int(os.environ.get("SIGHTLINE_TEST_CRASHES") or 3)


def write_until_killed(folder: Path, run: int) -> list[str]:
    """Ids that were acknowledged before the writer was killed, at another moment each run."""
    with subprocess.Popen(
        [sys.executable, WRITER, folder, str(run)], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        acknowledged = [writer.stdout.readline().strip() for _ in range(200 + 97 * run)]
        writer.send_signal(signal.SIGKILL)
        acknowledged += [line.strip() for line in writer.stdout if line.endswith("\n")]
    assert writer.returncode == -signal.SIGKILL
    return acknowledged


def test_nothing_acknowledged_is_lost(tmp_path: Path, read_model: Callable[..., dict[str, Any]]) -> None:
    folder = tmp_path / "acme"
    acknowledged: list[str] = []
    for run in range(RUNS):
        acknowledged += write_until_killed(folder, run)
        workspace = Workspace(folder)
        with workspace.session() as session:
            column = session.fields["serial"].column
            stored = dict(
                session.rows(f"SELECT inference_id, {column} FROM {session.relation(['serial'])} AS i")
            )
            model = read_model(session)
        workspace.close()
        missing = [id_ for id_ in acknowledged if stored.get(id_) != f"serial of {id_}"]
        assert missing == []
        rebuild(folder)
        workspace = Workspace(folder)
        with workspace.session() as session:
            assert read_model(session) == model
        workspace.close()
