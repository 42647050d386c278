"""Suppression and letterbox, against an independent implementation and by their own law."""

import numpy as np
import supervision
from hypothesis import given
from hypothesis import strategies as st

from sightline.gateway.boxes import Fit, suppress

numbers = st.floats(0, 100, allow_nan=False, width=32)
boxes = st.lists(
    st.tuples(numbers, numbers, st.floats(1, 50, width=32), st.floats(1, 50, width=32)), max_size=25
)


@given(boxes, st.integers(0, 2**31), st.sampled_from([0.1, 0.3, 0.5, 0.7]))
def test_suppression_keeps_what_supervision_keeps(
    found: list[tuple[float, ...]], seed: int, threshold: float
) -> None:
    dice = np.random.default_rng(seed)
    corners = np.array([[x, y, x + w, y + h] for x, y, w, h in found], dtype=np.float32).reshape(-1, 4)
    scores = dice.permutation(len(found)).astype(np.float32) / max(1, len(found))  # no two alike
    classes = dice.integers(0, 3, len(found))
    kept = suppress(corners, scores, classes, threshold=threshold, limit=1000)
    rows = np.concatenate([corners, scores[:, None], classes[:, None]], axis=1)
    if len(found):
        reference = supervision.detection.utils.iou_and_nms.box_non_max_suppression(rows, threshold)
        assert set(kept) == set(np.flatnonzero(reference).tolist())
    assert [scores[k] for k in kept] == sorted((scores[k] for k in kept), reverse=True)


def test_suppression_stops_at_its_limit() -> None:
    corners = np.array([[i * 10, 0, i * 10 + 5, 5] for i in range(9)], dtype=np.float32)
    kept = suppress(corners, np.linspace(0.1, 0.9, 9), np.zeros(9, int), threshold=0.5, limit=3)
    assert kept == [8, 7, 6]


@given(st.integers(1, 3000), st.integers(1, 3000))
def test_a_box_comes_back_from_the_letterbox_where_it_was(width: int, height: int) -> None:
    scale = min(640 / width, 640 / height)
    fit = Fit(scale, scale, 3, 7)
    box = np.array([[width * 0.1, height * 0.2, width * 0.5, height * 0.9]])
    laid = box * scale + np.array([3, 7, 3, 7])
    assert np.allclose(fit.back(laid, width, height), box)


def test_a_box_outside_the_picture_is_cut_at_its_edge() -> None:
    fit = Fit(1.0, 1.0, 0, 0)
    assert fit.back(np.array([[-5.0, -5.0, 200.0, 200.0]]), 100, 50).tolist() == [[0, 0, 100, 50]]
