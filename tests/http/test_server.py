"""The real server in a process of its own: how it starts, and that it ends without losing anything."""

import http.client
import json
import re
import socket
import subprocess
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from sightline.domain.errors import Unavailable
from sightline.http.server import listen

ENTRY = {"inference_ids": ["a12a19a9-a933-44c9-970c-a55ea03bb453"], "field_name": "line", "field_value": "7"}
DOCUMENTED = """{"api_key":"%s","data":[
 {"inference_ids":["a12a19a9-a933-44c9-970c-a55ea03bb453"],"field_name":"camera_location","field_value":"canada"},
 {"inference_ids":["accf0af9-bdf0-4b22-8106-6988d4cada5a"],"field_name":"camera_location","field_value":"emea"}]}"""


def waiting(url: str, key: str) -> Any:
    return httpx.get(f"{url}/api/v1/acme/waiting", params={"api_key": key}).json()


def test_the_documented_curl_works_as_it_stands(server: Any, key: str) -> None:
    command = [
        "curl", "--silent", "--show-error", "--location", "--request", "POST",
        f"{server.url}/acme/inference-stats/metadata",
        "--header", "Content-Type: application/json", "--data-raw", DOCUMENTED % key,
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {"status": "ok"}
    assert {item["field_value"] for item in waiting(server.url, key)["items"]} == {"canada", "emea"}


def test_the_first_start_prints_a_key_and_a_link_once(start_server: Callable[..., Any]) -> None:
    nothing = {"SIGHTLINE_BOOTSTRAP_WORKSPACE": "", "SIGHTLINE_BOOTSTRAP_API_KEY": ""}
    first = start_server(**nothing)
    assert "workspace 'default'" in first.greeting
    made = first.process.stdout.readline()
    found = re.search(r"sl_[a-z0-9]{32}", made)
    assert found, made
    assert httpx.get(first.url, params={"api_key": found[0]}).json()["workspace"] == "default"
    link = first.process.stdout.readline().split()[-1]
    with httpx.Client() as browser:
        assert browser.get(link).status_code == 303
        assert browser.get(f"{first.url}/api/v1/whoami").json()["workspace"] == "default"
        assert first.stop() == 0
        second = start_server(**nothing)
        assert "?token=" in second.process.stdout.readline()  # no key any more, but a new link
        assert browser.get(f"{second.url}/api/v1/whoami").json()["workspace"] == "default"


def test_a_port_in_use_is_told_and_nothing_is_made() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Unavailable, match=f"cannot listen on 127.0.0.1 port {port}"):
            listen("127.0.0.1", port)


def test_keep_alive_requests_do_not_wait_for_each_other(server: Any, key: str) -> None:
    """Twenty on one connection, header and body in two packets as the standard library sends them."""
    connection = http.client.HTTPConnection(server.address)
    body = json.dumps({"api_key": key, "data": [ENTRY]})
    for _ in range(20):
        connection.request(
            "POST", "/acme/inference-stats/metadata", body, {"Content-Type": "application/json"}
        )
        response = connection.getresponse()
        assert (response.status, response.read()) == (200, b'{"status":"ok"}')
        assert response.getheader("connection") != "close"
    connection.close()


def test_a_write_in_flight_is_answered_and_on_disk(start_server: Callable[..., Any], key: str) -> None:
    server = start_server()
    body = json.dumps({"api_key": key, "data": [ENTRY]}).encode()
    host, port = server.address.split(":")
    head = (
        f"POST /acme/inference-stats/metadata HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(head.encode() + body[:10])
        wait_until_busy(server)
        server.tell_to_stop()
        wait_until_closed(host, int(port))  # it accepts no new ones, but ends those that it has
        connection.sendall(body[10:])
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert (answer.status, answer.read()) == (200, b'{"status":"ok"}')
        answer.close()
    assert server.process.wait(20) == 0
    again = start_server()
    assert waiting(again.url, key)["values"] == 1


def test_a_request_that_never_ends_does_not_keep_it(start_server: Callable[..., Any]) -> None:
    server = start_server()
    host, port = server.address.split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(b"POST /inference-stats HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        wait_until_busy(server)
        assert server.stop() == 0
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert answer.status == 503
        assert json.loads(answer.read())["message"] == "the server is shutting down"
        answer.close()
    assert "Traceback" not in server.log()


def wait_until_busy(server: Any) -> None:
    """Until the server has seen the request that was begun: it answers in the order of arrival."""
    assert httpx.get(f"{server.url}/healthz").status_code == 200


def wait_until_closed(host: str, port: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            socket.create_connection((host, port)).close()
        except (ConnectionRefusedError, ConnectionResetError):
            return
    pytest.fail("it still accepts connections")


def test_nothing_it_logs_holds_a_key(server: Any, key: str) -> None:
    httpx.get(server.url, params={"api_key": key})
    httpx.post(
        f"{server.url}/inference-stats", json={"api_key": key, "inference_results": [{"api_key": key}]}
    )
    server.stop()
    assert key not in server.log()
    assert "ERROR" not in server.log()
