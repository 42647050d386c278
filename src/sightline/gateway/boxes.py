"""Boxes: fitting a picture into a model's input and back, and removing boxes that say the same twice.

Boxes are arrays `[n, 4]` of corners (left, top, right, bottom) in pixels.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class Fit(NamedTuple):
    """How a picture was laid into the model's input: scaled, then moved by whole pixels."""

    scale_x: float
    scale_y: float
    left: int
    top: int

    def back(self, corners: Array, width: int, height: int) -> Array:
        """Corners in input pixels -> corners in pixels of the picture, cut at its edges."""
        moved = (corners - np.array([self.left, self.top] * 2)) / np.array([self.scale_x, self.scale_y] * 2)
        limits = np.array([width, height] * 2, dtype=moved.dtype)
        return np.asarray(np.clip(moved, 0, limits))


def suppress(corners: Array, scores: Array, classes: Array, *, threshold: float, limit: int) -> list[int]:
    """Greedy non-maximum suppression inside each class: indices of the kept boxes, best first, at most `limit`.

    A box goes when a better one of its class overlaps it (intersection over union) by more than `threshold`.
    """
    order = np.argsort(-scores, kind="stable")
    widths = np.maximum(corners[:, 2] - corners[:, 0], 0)
    areas = widths * np.maximum(corners[:, 3] - corners[:, 1], 0)
    kept: list[int] = []
    while len(order) and len(kept) < limit:
        best, rest = int(order[0]), order[1:]
        kept.append(best)
        shared = np.minimum(corners[best, 2:], corners[rest, 2:]) - np.maximum(
            corners[best, :2], corners[rest, :2]
        )
        overlap = np.prod(np.maximum(shared, 0), axis=1)
        union = areas[best] + areas[rest] - overlap
        same = (classes[rest] == classes[best]) & (overlap > threshold * union)
        order = rest[~same]
    return kept
