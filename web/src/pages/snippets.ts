// The ways in, with the user's own address, workspace and key.
export interface Example {
  name: string;
  what: string;
  text: string;
}

export function snippets(origin: string, workspace: string, key: string): Example[] {
  return [
    {
      name: "curl",
      what: "Record an inference of any model; its inference_id comes back.",
      text: `curl --request POST '${origin}/api/v1/${workspace}/inferences' \\
  --header 'Authorization: Bearer ${key}' --header 'Content-Type: application/json' \\
  --data '{"inferences": [{"model": "parts/1", "device": "edge-1", "latency": 0.08,
    "image": {"width": 640, "height": 480},
    "detections": [{"class": "scratch", "confidence": 0.9, "x": 320, "y": 240, "width": 60, "height": 40}],
    "metadata": {"line": "7"}}]}'`,
    },
    {
      name: "Python",
      what: "Roboflow's own client, inference_sdk, with only the address changed.",
      text: `import requests
from inference_sdk import InferenceHTTPClient

client = InferenceHTTPClient(api_url="${origin}", api_key="${key}")
result = client.infer("part.jpg", model_id="parts/1")

requests.post(
    "${origin}/${workspace}/inference-stats/metadata",
    json={
        "api_key": "${key}",
        "data": [
            {
                "inference_ids": [result["inference_id"]],
                "field_name": "location",
                "field_value": "texas",
            }
        ],
    },
    timeout=10,
).raise_for_status()`,
    },
    {
      name: "Inference server",
      what: "A Roboflow inference server reports by itself. TINY_CACHE=False keeps boxes in its reports.",
      text: `docker run -p 9001:9001 \\
  -e METRICS_URL=${origin}/inference-stats \\
  -e API_BASE_URL=${origin} \\
  -e ROBOFLOW_API_KEY='${key}' \\
  -e TINY_CACHE=False \\
  roboflow/roboflow-inference-server-cpu`,
    },
    {
      name: "Workflow",
      what: "A workflow that attaches metadata and reports samples, on an inference server whose API_BASE_URL is this address.",
      text: `{
  "version": "1.0",
  "inputs": [{ "type": "InferenceImage", "name": "image" }],
  "steps": [
    {
      "type": "roboflow_core/roboflow_object_detection_model@v2",
      "name": "model",
      "images": "$inputs.image",
      "model_id": "parts/1"
    },
    {
      "type": "roboflow_core/roboflow_custom_metadata@v1",
      "name": "metadata",
      "predictions": "$steps.model.predictions",
      "field_name": "location",
      "field_value": "texas"
    },
    {
      "type": "roboflow_core/model_monitoring_inference_aggregator@v1",
      "name": "monitoring",
      "predictions": "$steps.model.predictions",
      "model_id": "$steps.model.model_id",
      "unique_aggregator_key": "line-7",
      "frequency": 5
    }
  ],
  "outputs": [{ "type": "JsonField", "name": "predictions", "selector": "$steps.model.predictions" }]
}`,
    },
    {
      name: "Gateway",
      what: "Sightline in front of an inference server: every inference is recorded at once, with its boxes and errors.",
      text: `SIGHTLINE_UPSTREAM=http://127.0.0.1:9001 sightline serve

# then let clients speak to Sightline instead of the inference server
curl '${origin}/parts/1?api_key=${key}' --data-binary "$(base64 -w0 part.jpg)"`,
    },
  ];
}
