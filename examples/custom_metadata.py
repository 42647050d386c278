"""Run an inference, take its id, attach custom metadata to it: the documented example, with another host.

    sightline demo                                    # in another terminal; it prints a key
    pip install inference-sdk requests
    SIGHTLINE_API_KEY=… python examples/custom_metadata.py picture.jpg

Compared with the same script against the cloud, the two URLs, the key and the image are all that differs.
"""

# ruff: noqa: INP001, T201  # a script on its own, which tells what it does
import os
import sys

import requests
from inference_sdk import InferenceHTTPClient

# Change these
api_key = os.environ["SIGHTLINE_API_KEY"]
workspace = os.environ.get("SIGHTLINE_WORKSPACE", "acme")
server = os.environ.get("SIGHTLINE_URL", "http://127.0.0.1:8000")

# Default values
field_name = "test_field"
field_value = "test_value"
model_id = "parts/1"
image_path = sys.argv[1]

# Initialize the client
client = InferenceHTTPClient(api_url=server, api_key=api_key)

# Run the inference
result = client.infer(image_path, model_id=model_id)
print("Result:", result)

# Extract the inference ID from the result
inference_id = result.get("inference_id")
if not inference_id:
    raise ValueError("Inference ID not found in the response.")
print("Inference ID:", inference_id)

# Attach the custom metadata
response = requests.post(
    f"{server}/{workspace}/inference-stats/metadata",
    json={
        "api_key": api_key,
        "data": [{"inference_ids": [inference_id], "field_name": field_name, "field_value": field_value}],
    },
    timeout=30,
)
if response.status_code == 200:
    print("Custom metadata attached successfully:", response.json())
else:
    print("Failed to attach custom metadata:", response.text)
    sys.exit(1)
