"""The page's types are made from the server's document: neither changes without the other."""

import subprocess
import sys
from pathlib import Path

WEB = Path(__file__).parents[2] / "web"


def test_the_page_knows_the_shapes_that_the_server_answers() -> None:
    made = subprocess.run(
        [sys.executable, "-W", "ignore", str(WEB / "export_openapi.py")],
        capture_output=True,
        check=True,
        text=True,
    )
    assert made.stdout == (WEB / "openapi.json").read_text(), "run: cd web && npm run types"
