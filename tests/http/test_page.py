"""The page and how a browser logs in."""

import gzip
from pathlib import Path
from typing import Any

import pytest

from sightline.http import page

PAGE = {"X-Sightline": "page"}


def cookie_of(response: Any) -> str:
    return str(response.headers["set-cookie"])


def test_a_link_logs_in_once(client: Any) -> None:
    token = client.state.catalog.add_link("acme")
    response = client.get("/app/", params={"token": token})
    assert (response.status_code, response.headers["location"]) == (303, "/app/")
    assert "HttpOnly" in cookie_of(response)
    assert "SameSite=lax" in cookie_of(response)
    assert client.get("/api/v1/whoami").json()["workspace"] == "acme"
    client.http.cookies.clear()
    again = client.get("/app/", params={"token": token})
    assert "set-cookie" not in again.headers
    assert client.get("/api/v1/whoami").status_code == 401


def test_a_key_logs_in_and_out(client: Any, key: str) -> None:
    assert client.post("/app/session", json={"api_key": key}).status_code == 403  # from another site's form
    assert client.post("/app/session", json={"api_key": "wrong"}, headers=PAGE).status_code == 401
    response = client.post("/app/session", json={"api_key": key}, headers=PAGE)
    assert response.json() == {"workspace": "acme", "scopes": ["admin", "read", "write"]}
    assert key not in cookie_of(response)
    assert client.get("/api/v1/acme/summary").status_code == 200
    kept = dict(client.http.cookies)
    assert client.delete("/app/session", headers=PAGE).status_code == 204
    client.http.cookies.update(kept)  # a stolen copy is worth nothing either
    assert client.get("/api/v1/acme/summary").status_code == 401


def test_a_cookie_changes_nothing_without_the_page_s_header(client: Any, key: str) -> None:
    client.post("/app/session", json={"api_key": key}, headers=PAGE)
    body = {"data": [{"inference_ids": ["one"], "field_name": "line", "field_value": "7"}]}
    for path in ("/api/v1/acme/metadata", "/acme/inference-stats/metadata"):
        assert client.post(path, json=body).status_code == 403
        assert client.post(path, json=body, headers=PAGE).status_code == 200


def test_a_session_ends_with_its_key(client: Any, key: str) -> None:
    secret, row = client.state.catalog.add_key("acme", "visitor", ["read"])
    client.post("/app/session", json={"api_key": secret}, headers=PAGE)
    assert client.get("/api/v1/acme/summary").status_code == 200
    client.delete(f"/api/v1/acme/keys/{row.id}", key=key)
    assert client.get("/api/v1/acme/summary").status_code == 401


def test_a_browser_at_the_root_is_shown_the_page(client: Any, key: str) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml"}
    response = client.get("/", headers=browser)
    assert (response.status_code, response.headers["location"]) == (303, "/app/")
    assert client.get("/", params={"api_key": key}, headers=browser).json()["workspace"] == "acme"
    assert client.post("/", headers=browser).status_code == 401


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A page as the build leaves it."""
    folder = tmp_path / "page"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<title>the page</title>")
    (folder / "assets" / "main-abc.js").write_text("1")
    (tmp_path / "secret.txt").write_text("secret")
    monkeypatch.setattr(page, "FOLDER", folder)
    return folder


def test_built_files_are_served_under_a_strict_policy(client: Any, built: Path) -> None:
    script = client.get("/app/assets/main-abc.js")
    assert (script.status_code, script.text) == (200, "1")
    assert "immutable" in script.headers["cache-control"]
    for path in ("/app/", "/app/inferences", "/app/models/parts/3"):  # the page's own addresses
        shown = client.get(path)
        assert "the page" in shown.text
        assert "script-src 'self';" in shown.headers["content-security-policy"]
        assert "default-src 'none'" in shown.headers["content-security-policy"]
    assert client.get("/app/assets/old.js").status_code == 404
    assert client.get("/app").headers["location"] == "/app/"


def test_who_takes_compressed_files_gets_the_twin(client: Any, built: Path) -> None:
    (built / "assets" / "main-abc.js.gz").write_bytes(gzip.compress(b"1"))
    compressed = client.get("/app/assets/main-abc.js", headers={"Accept-Encoding": "br, gzip"})
    assert compressed.headers["content-encoding"] == "gzip"
    assert compressed.headers["content-type"].startswith("text/javascript")
    assert compressed.text == "1"
    plain = client.get("/app/assets/main-abc.js", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.text == "1"
    assert "Accept-Encoding" in plain.headers["vary"]


@pytest.mark.parametrize(
    "path", ["..%2Fsecret.txt", "%2E%2E/secret.txt", "assets/..%2F..%2Fsecret.txt", "a%00b"]
)
def test_nothing_outside_of_the_page_is_served(client: Any, built: Path, path: str) -> None:
    assert "secret" not in client.get(f"/app/{path}").text


def test_a_page_that_was_not_built_says_so(
    client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "FOLDER", tmp_path / "nothing")
    assert "make page" in client.get("/app/").text
