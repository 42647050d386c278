"""The real inference server, of the package `inference-core`, around a model that needs no weights.

Run by the Python that `SIGHTLINE_TEST_INFERENCE` names: `uvicorn real_server:app`. Everything but the model is the
package's own: the HTTP interface, the model manager and its cache, the pingback.
"""

from pathlib import Path
from typing import Any

from inference.core.entities.responses.inference import (
    InferenceResponseImage,
    ObjectDetectionInferenceResponse,
    ObjectDetectionPrediction,
)
from inference.core.interfaces.http.http_api import HttpInterface
from inference.core.managers.base import ModelManager
from inference.core.models.base import Model
from inference.core.registries.base import ModelRegistry


class Scratch(Model):
    """Sees one scratch in every picture."""

    task_type = "object-detection"
    batch_size = 1
    input_height = input_width = 640

    def __init__(self, **_: Any) -> None:
        self.metrics = {"num_inferences": 0, "avg_inference_time": 0.0}

    def infer_from_request(self, request: Any) -> Any:
        many = isinstance(request.image, list)
        answers = [self._answer(request.id) for _ in (request.image if many else [request.image])]
        return answers if many else answers[0]

    def _answer(self, inference_id: str) -> ObjectDetectionInferenceResponse:
        box = {"x": 100, "y": 120, "width": 30, "height": 40}
        return ObjectDetectionInferenceResponse(
            inference_id=inference_id,
            image=InferenceResponseImage(width=640, height=480),
            time=0.031,
            predictions=[
                ObjectDetectionPrediction(**box, **{"class": "scratch", "class_id": 0, "confidence": 0.83})
            ],
        )


class Registry(ModelRegistry):
    def get_model(self, *_: Any, **__: Any) -> type[Model]:
        return Scratch


# The interface mounts its landing page from the working folder; the package on PyPI has none.
for folder in ("static", "_next/static"):
    Path("inference/landing/out", folder).mkdir(parents=True, exist_ok=True)
Path("inference/landing/out/index.html").touch()
manager = ModelManager(model_registry=Registry({}))
manager.init_pingback()
app = HttpInterface(manager).app
