"""How long the Inferences page takes, in a real browser: first rows, last facet; p50 and p95 over 20 loads.

    python benchmarks/page.py URL KEY [FILTER]

URL is a running server whose key's workspace holds the data, such as `sightline demo --inferences 1000000`.
"""

import os
import statistics
import sys
import time

from playwright.sync_api import Browser, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
LOADS = 20


def load(browser: Browser, url: str, key: str, query: str) -> tuple[float, float]:
    """Seconds from asking for the page to its first rows and to its last facet."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    answer = context.request.post(
        f"{url}/app/session", data={"api_key": key}, headers={"X-Sightline": "page"}
    )
    workspace = answer.json()["workspace"]
    page = context.new_page()
    begun = time.perf_counter()
    page.goto(f"{url}/app/{workspace}/inferences?{query}", wait_until="commit")
    page.locator(".rows-row").first.wait_for()
    rows = time.perf_counter() - begun
    page.wait_for_function(
        "() => document.querySelector('.facet') && !document.querySelector('.facet .bone, .facet .stale')"
    )
    facets = time.perf_counter() - begun
    context.close()
    return rows, facets


def main(url: str, key: str, written: str = "") -> None:
    query = f"start=-30d&filter={written}" if written else "start=-30d"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"]
        )
        load(browser, url, key, query)  # the first one warms the server's cache
        loads = [load(browser, url, key, query) for _ in range(LOADS)]
        browser.close()
    print("| | p50 | p95 |\n|---|---|---|")
    for name, seconds in zip(("first rows", "last facet"), zip(*loads, strict=True), strict=True):
        print(
            f"| {name} | {statistics.median(seconds):.2f} s | {statistics.quantiles(seconds, n=20)[-1]:.2f} s |"
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
