"""The names that every inference has by itself; every other name is a metadata field."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import msgspec

Kind = Literal["text", "value", "number", "duration", "time", "list", "model", "error", "presence"]
"""How a name is compared.

text: text only. value: text that may be read as a number, boolean or time, like a metadata field.
number: a number. duration: seconds. time: microseconds. list: several texts an inference.
model: a project, or project/version. error: text, or the words true and false. presence: can only be there or not.
"""


class BuiltIn(msgspec.Struct, frozen=True):
    name: str
    kind: Kind
    sql: str
    """What it is in a row of `inferences AS i`: VARCHAR, DOUBLE, INTEGER, BIGINT, or VARCHAR[] for a list."""
    help: str


BUILT_INS: Mapping[str, BuiltIn] = MappingProxyType(
    {
        built_in.name: built_in
        for built_in in (
            BuiltIn(
                "id", "text", "i.inference_id", "the inference_id; a word that stands alone means the same"
            ),
            BuiltIn(
                "model",
                "model",
                "i.model_id",
                "`parts` is any version of that project, `parts/3` one version",
            ),
            BuiltIn("version", "value", "i.version", "version of the model"),
            BuiltIn("task", "text", "i.task", "what the model does, such as `object-detection`"),
            BuiltIn("class", "list", "i.classes", "class of any of its detections"),
            BuiltIn("confidence", "number", "i.confidence", "mean confidence of its detections, 0 to 1"),
            BuiltIn("detections", "number", "i.detection_count", "how many detections it has"),
            BuiltIn(
                "latency", "duration", "i.latency", "time the inference took: `0.2s`, `200ms`, or seconds"
            ),
            BuiltIn("device", "text", "i.device", "the machine it ran on"),
            BuiltIn("server", "text", "i.server", "the inference server's process"),
            BuiltIn("source", "text", "i.source", "where the request came from"),
            BuiltIn("tag", "list", "i.tags", "any of the tags of its server"),
            BuiltIn("error", "error", "i.error", "`error:true` with an error, `error~memory` by its text"),
            BuiltIn("image", "presence", "i.f0", "`has:image`: a picture is stored"),
            BuiltIn("time", "time", "i.time", "when it ended: ISO 8601, or before now: `-2h`"),
            BuiltIn("deployment", "text", "i.deployment", "`native`, `hosted`, `self-hosted` or `workflow`"),
        )
    }
)
