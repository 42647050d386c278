"""What standing in front of an inference server costs: the same requests with and without Sightline between.

    python benchmarks/gateway.py [--requests 400]

Starts a stub that answers at once in an inference server's shape, Sightline in front of it, and asks both by turns over
loopback, each client on one kept connection. The pictures are kept by nobody. Then the bundled model, asked directly.
"""

import argparse
import base64
import http.client
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file
from pathlib import Path

from sightline.gateway.example import CLASSES, MODEL_ID, model_file, pictures
from sightline.gateway.shelf import Shelf

KEY = "key-of-the-benchmark"
STUB = """
import uvicorn, socket
BODY = b'{"inference_id":"%s","time":0.01,"image":{"width":640,"height":480},"predictions":[' + b",".join(
    [b'{"x":1.0,"y":7.0,"width":9.0,"height":4.0,"confidence":0.9,"class":"part","class_id":0,"detection_id":"d"}'] * 10
) + b"]}"
import uuid
async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    body = BODY.replace(b"%s", str(uuid.uuid4()).encode())
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
listener = socket.create_server(("127.0.0.1", 0))
print("http://127.0.0.1:%d," % listener.getsockname()[1], flush=True)
uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off")).run(sockets=[listener])
"""
SIGHTLINE = """
import os
from sightline import settings
from sightline.http.server import serve
serve(settings.load(os.environ), lambda line: print(line, flush=True))
"""


@contextmanager
def running(code: str, **environment: str) -> Iterator[int]:
    """A process that prints its address first; its port."""
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        yield int(line.split("http://127.0.0.1:")[1].split(",")[0])
    finally:
        process.terminate()
        process.wait(60)


def ask(port: int, path: str, body: bytes, requests: int) -> list[float]:
    """Seconds that each request took, one after the other on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    took = []
    for _ in range(requests):
        started = time.perf_counter()
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        answer = response.read()
        assert response.status == 200, answer
        took.append(time.perf_counter() - started)
    connection.close()
    return took


def measure(port: int, path: str, body: bytes, requests: int, clients: int) -> tuple[float, float, float]:
    """Milliseconds at p50 and p99, and requests a second, of so many clients at once."""
    ask(port, path, body, 20)
    took: list[float] = []
    threads = [
        threading.Thread(target=lambda: took.extend(ask(port, path, body, requests // clients)))
        for _ in range(clients)
    ]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - started
    cuts = statistics.quantiles(took, n=100)
    return cuts[49] * 1000, cuts[98] * 1000, len(took) / seconds


def row(name: str, clients: int, found: tuple[float, float, float]) -> None:
    print(f"{name:<34}{clients:>8}{found[0]:>10.2f}{found[1]:>10.2f}{found[2]:>12.0f}")


def main() -> None:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--requests", type=int, default=400)
    requests = arguments.parse_args().requests
    picture = pictures()[0].read_bytes()
    v1 = {
        "api_key": KEY,
        "model_id": "tiny-det/1",
        "image": {"type": "base64", "value": base64.b64encode(picture).decode()},
    }
    ways = {
        f"v0, {len(picture) // 1024} kB, unrecorded": (
            f"/tiny-det/1?api_key={KEY}&disable_model_monitoring=True",
            base64.b64encode(picture),
        ),
        f"v0, {len(picture) // 1024} kB": (f"/tiny-det/1?api_key={KEY}", base64.b64encode(picture)),
        f"v1, {len(picture) // 1024} kB": ("/infer/object_detection", json.dumps(v1).encode()),
    }
    with tempfile.TemporaryDirectory() as folder, running(STUB) as stub:
        models = Shelf(Path(folder) / "workspaces" / "bench" / "models")
        with as_file(model_file()) as onnx:
            models.add(MODEL_ID, onnx, "object-detection", CLASSES)
        given = {
            "SIGHTLINE_DATA": folder,
            "SIGHTLINE_PORT": "0",
            "SIGHTLINE_BOOTSTRAP_WORKSPACE": "bench",
            "SIGHTLINE_BOOTSTRAP_API_KEY": KEY,
            "SIGHTLINE_UPSTREAM": f"http://127.0.0.1:{stub}",
        }
        with running(SIGHTLINE, **given) as port:
            print(f"{'':<34}{'clients':>8}{'p50 ms':>10}{'p99 ms':>10}{'requests/s':>12}")
            for name, (path, body) in ways.items():
                for clients in (1, 8):
                    direct = measure(stub, path, body, requests, clients)
                    through = measure(port, path, body, requests, clients)
                    row(f"{name}, without", clients, direct)
                    row(f"{name}, through Sightline", clients, through)
                    print(f"{'  added':<42}{through[0] - direct[0]:>10.2f}{through[1] - direct[1]:>10.2f}")
            for clients in (1, 4):
                row(
                    "local model parts/1, v0",
                    clients,
                    measure(port, f"/parts/1?api_key={KEY}", picture, requests, clients),
                )
            print(metrics(port))


def metrics(port: int) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/metrics")
    lines = connection.getresponse().read().decode().splitlines()
    return "\n".join(
        line for line in lines if line.startswith("sightline_gateway") and "_created" not in line
    )


if __name__ == "__main__":
    main()
