# ruff: noqa: INP001  # a script, not a package
"""Take the pictures of this folder from a running `sightline demo`: python docs/images/take.py URL KEY."""

import io
import os
import sys
from pathlib import Path
from typing import Any

import httpx
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

FOLDER = Path(__file__).parent
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FAILING = "filter=line:7+passed:false&start=-14d"
VIEWS = {
    "overview": "overview",
    "camera": "overview?filter=device:edge-05&measure=confidence&start=-21d",
    "inferences": f"inferences?{FAILING}&split=class",
    "gallery": "inferences?layout=gallery&filter=has:image&start=-30d",
    "details": f"inferences?{FAILING}&open={{id}}",
    "models": "models",
    "model": "models?model=parts/1&start=-14d",
    "fields": "fields",
    "field": "fields?field=line",
    "explore": "explore?by=line&filter=passed:false&compare=1&start=-7d",
    "heat-map": "explore?by=line,shift&filter=passed:false&chart=heat&start=-14d",
    "get-started": "start",
    "settings": "settings",
}


def take(browser: Browser, url: str, key: str, scheme: Any, open_id: str) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme=scheme)
    context.request.post(f"{url}/app/session", data={"api_key": key}, headers={"X-Sightline": "page"})
    page = context.new_page()
    for name, path in VIEWS.items():
        page.goto(f"{url}/app/acme/{path.format(id=open_id)}")
        page.locator(".panel, .rows").first.wait_for()
        page.wait_for_function("() => !document.querySelector('[aria-busy=true], .bone')")
        page.wait_for_load_state("networkidle")
        shot = Image.open(io.BytesIO(page.screenshot()))
        few = shot.convert("RGB").quantize(256, dither=Image.Dither.NONE)
        few.save(FOLDER / f"{name}-{scheme}.png", optimize=True)
    context.close()


def main(url: str, key: str) -> None:
    asked = {"filter": "line:7 passed:false has:image", "start": "-14d", "limit": "1", "api_key": key}
    found = httpx.get(f"{url}/api/v1/acme/inferences", params=asked).raise_for_status().json()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"]
        )
        for scheme in ("light", "dark"):
            take(browser, url, key, scheme, found["items"][0]["inference_id"])
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
