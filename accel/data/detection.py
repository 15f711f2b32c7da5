"""Boxes of things: overlap, the best of those that mean the same thing, and mean average precision."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

SAME = 0.5
"""Intersection over union of boxes from which they are of one thing."""


def overlap(box: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Intersection over union of `box` (4,) with each of `others` (n, 4): top, left, bottom, right."""
    sides = np.minimum(box[2:], others[:, 2:]) - np.maximum(box[:2], others[:, :2])
    common = np.prod(np.maximum(sides, 0), axis=1)
    areas = np.prod(others[:, 2:] - others[:, :2], axis=1) + np.prod(box[2:] - box[:2])
    return common / np.maximum(areas - common, 1e-9)


def best(found: np.ndarray) -> np.ndarray:
    """Of detections (n, 6), score, class and box, those that no better one overlaps by `SAME` (non-maximum
    suppression), the best first.
    """
    left, kept = found[np.argsort(-found[:, 0], kind="stable")], []
    while len(left):
        kept.append(left[0])
        left = left[1:][overlap(left[0, 2:], left[1:, 2:]) < SAME]
    return np.array(kept).reshape(-1, 6)


def mean_average_precision(found: Sequence[np.ndarray], truth: np.ndarray) -> float:
    """Mean over the classes of the area under precision over recall (Everingham et al. 2010, all points) of detections
    (n, 6) of each frame, against its boxes `truth` (frames, most, 5), class and box, the class -1 where there is none.
    """
    classes = np.unique(truth[..., 0][truth[..., 0] >= 0])
    return float(np.mean([_average_precision(found, truth, kind) for kind in classes])) if len(classes) else 0.0


def _average_precision(found: Sequence[np.ndarray], truth: np.ndarray, kind: float) -> float:
    scores, right = [], []
    for detections, boxes in zip(found, truth, strict=True):
        wanted = boxes[boxes[:, 0] == kind, 1:]
        for detection in detections[detections[:, 1] == kind]:  # the best first
            near = overlap(detection[2:], wanted)
            hit = len(near) > 0 and near.max() >= SAME
            if hit:
                wanted = np.delete(wanted, near.argmax(), axis=0)  # a thing is found once
            scores.append(detection[0])
            right.append(hit)
    hits = np.cumsum(np.array(right, int)[np.argsort(-np.array(scores), kind="stable")])
    precision = hits / np.arange(1, len(hits) + 1)
    precision = np.maximum.accumulate(precision[::-1])[::-1]
    recall = np.concatenate([[0], hits / np.sum(truth[..., 0] == kind)])
    return float(np.sum(np.diff(recall) * precision))
