"""Trains the bundled example model `parts/1` on drawn pictures and writes it as ONNX.

    pip install torch onnx onnxruntime numpy pillow      # not dependencies of Sightline
    python tools/train_parts.py                          # about ten minutes on 2 cores

A small convolutional network looks at 320 x 240 pixels and answers in the shape of YOLOv8: `[1, 4 + classes, cells]`,
boxes as centre and size in input pixels, scores between 0 and 1. What it prints at the end is measured on pictures of
seeds that it never saw, with the ONNX file that it wrote.
"""

import argparse
import sys
import time
from pathlib import Path
from random import Random

import numpy as np
import onnxruntime
import torch
from torch import Tensor, nn
from torch.nn import functional

HERE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HERE / "src"))

from sightline.gateway.boxes import suppress  # noqa: E402  # the checkout need not be installed
from sightline.gateway.example import CLASSES  # noqa: E402  # as above
from sightline.gateway.example.drawing import Scene, Truth, draw  # noqa: E402  # as above

WIDTH, HEIGHT, STRIDE = 320, 240, 8
ROWS, COLUMNS = HEIGHT // STRIDE, WIDTH // STRIDE
PARTS = 3
"""The first classes are parts, the rest is wrong with them."""
TARGET = HERE / "src/sightline/gateway/example/parts_1.onnx"


def block(before: int, after: int, stride: int = 1, dilation: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(before, after, 3, stride, dilation, dilation, bias=False),
        nn.BatchNorm2d(after),
        nn.ReLU(inplace=True),
    )


class Network(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fine = nn.Sequential(
            block(3, 16, 2), block(16, 24), block(24, 32, 2), block(32, 48, 2), block(48, 48)
        )
        self.coarse = nn.Sequential(
            block(48, 64, 2), block(64, 64, dilation=2), block(64, 64, dilation=3), block(64, 64, dilation=1)
        )
        self.joined = nn.Sequential(block(112, 64), block(64, 64))
        self.score = nn.Conv2d(64, len(CLASSES), 1)
        self.box = nn.Conv2d(64, 8, 1)  # four sides of a part, four of what is wrong with it
        nn.init.constant_(self.score.bias, -4.0)  # most cells are empty
        nn.init.constant_(self.box.bias, 1.0)

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """[n, 3, 240, 320] in 0..1 -> scores [n, classes, 30, 40] as logits; distances [n, 8, 30, 40] in cells."""
        fine = self.fine(pictures - 0.45)
        coarse = functional.interpolate(self.coarse(fine), scale_factor=2.0, mode="nearest")
        joined = self.joined(torch.cat([fine, coarse], 1))
        return self.score(joined), functional.softplus(self.box(joined))


class Exported(nn.Module):
    """The network with its answer in the shape of YOLOv8."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network
        down, across = torch.meshgrid(torch.arange(ROWS), torch.arange(COLUMNS), indexing="ij")
        self.register_buffer("across", (across.reshape(1, -1) + 0.5) * STRIDE)
        self.register_buffer("down", (down.reshape(1, -1) + 0.5) * STRIDE)

    def forward(self, pictures: Tensor) -> Tensor:
        scores, distances = self.network(pictures)
        scores = scores.flatten(2).sigmoid()
        parts, defects = (self._boxes(group.flatten(2)) for group in distances.split(4, 1))
        empty = torch.zeros_like(scores)
        # A cell may hold a part and a defect of it: each proposes a box of its own, with the other's scores at 0.
        as_parts = torch.cat([scores[:, :PARTS], empty[:, PARTS:]], 1)
        as_defects = torch.cat([empty[:, :PARTS], scores[:, PARTS:]], 1)
        return torch.cat([torch.cat([parts, as_parts], 1), torch.cat([defects, as_defects], 1)], 2)

    def _boxes(self, distances: Tensor) -> Tensor:
        left, top, right, bottom = (distances * STRIDE).unbind(1)
        return torch.stack(
            [self.across + (right - left) / 2, self.down + (bottom - top) / 2, left + right, top + bottom], 1
        )


def example(seed: int) -> tuple[np.ndarray, list[Truth]]:
    """A picture as [240, 320, 3] bytes, and the truth about it in its pixels."""
    dice = Random(seed)
    picture, truths = draw(dice, Scene(light=dice.uniform(0.6, 1.1), blur=dice.choice([0, 0, 0, 1.0])))
    shrunk = picture.resize((WIDTH, HEIGHT))
    return np.asarray(shrunk), [
        Truth(t.name, t.left / 2, t.top / 2, t.right / 2, t.bottom / 2) for t in truths
    ]


def targets(truths: list[Truth]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scores wanted [classes, 30, 40], distances wanted [8, 30, 40], and how much a cell's boxes count [2, 30, 40]."""
    heat = np.zeros((len(CLASSES), ROWS, COLUMNS), np.float32)
    distances = np.zeros((2, 4, ROWS, COLUMNS), np.float32)
    weight = np.zeros((2, ROWS, COLUMNS), np.float32)
    down, across = np.mgrid[0:ROWS, 0:COLUMNS] + 0.5
    for truth in sorted(
        truths, key=lambda t: -(t.right - t.left) * (t.bottom - t.top)
    ):  # small ones over large
        left, top, right, bottom = (side / STRIDE for side in truth[1:])
        x, y = (left + right) / 2, (top + bottom) / 2
        spread = max(0.5, min(right - left, bottom - top) / 6)
        near = np.exp(-((across - x) ** 2 + (down - y) ** 2) / (2 * spread**2)).astype(np.float32)
        row, column = min(int(y), ROWS - 1), min(int(x), COLUMNS - 1)
        near[row, column] = 1.0
        index = CLASSES.index(truth.name)
        heat[index] = np.maximum(heat[index], near)
        taught = near > 0.6
        wanted = np.stack([across - left, down - top, right - across, bottom - down])
        group = int(index >= PARTS)
        distances[group][:, taught] = wanted[:, taught]
        weight[group][taught] = near[taught]
    return heat, distances.reshape(8, ROWS, COLUMNS), weight


def loss(scores: Tensor, distances: Tensor, heat: Tensor, wanted: Tensor, weight: Tensor) -> Tensor:
    chance = scores.sigmoid().clamp(1e-4, 1 - 1e-4)
    hit = heat.eq(1).float()
    focal = (
        hit * (1 - chance) ** 2 * chance.log() + (1 - hit) * (1 - heat) ** 4 * chance**2 * (1 - chance).log()
    )
    guess = distances.clamp(min=0.01).unflatten(1, (2, 4)).transpose(1, 2)
    wanted = wanted.clamp(min=0.01).unflatten(1, (2, 4)).transpose(1, 2)
    shared = torch.minimum(guess, wanted)
    overlap = (shared[:, 0] + shared[:, 2]) * (shared[:, 1] + shared[:, 3])
    area = (guess[:, 0] + guess[:, 2]) * (guess[:, 1] + guess[:, 3])
    area = area + (wanted[:, 0] + wanted[:, 2]) * (wanted[:, 1] + wanted[:, 3])
    close = -(overlap / (area - overlap)).clamp(min=1e-6).log()
    boxes = (close * weight).sum((0, 2, 3)) / weight.sum((0, 2, 3)).clamp(min=1)
    return -focal.sum() / hit.sum() + boxes.sum()


def train(pictures: int, rounds: int) -> Network:
    torch.manual_seed(1)
    started = time.monotonic()
    drawn = [example(seed) for seed in range(pictures)]
    print(f"{pictures} pictures drawn in {time.monotonic() - started:.0f} s", flush=True)
    network, dice = Network(), Random(1)
    print(f"{sum(weights.numel() for weights in network.parameters()):,} weights", flush=True)
    optimiser = torch.optim.AdamW(network.parameters(), lr=2e-3, weight_decay=1e-3)
    batch = 16
    steps = rounds * (pictures // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, total_steps=steps, pct_start=0.1)
    for turn in range(rounds):
        order = dice.sample(range(pictures), pictures)
        total = 0.0
        for start in range(0, pictures - batch + 1, batch):
            seen, wanted = zip(
                *(flipped(*drawn[index], dice) for index in order[start : start + batch]), strict=True
            )
            light = np.array([dice.uniform(0.85, 1.15) for _ in seen], np.float32)[:, None, None, None]
            images = (
                torch.from_numpy(np.stack(seen).astype(np.float32) / 255 * light)
                .permute(0, 3, 1, 2)
                .clamp(0, 1)
            )
            heat, distances, weight = (
                torch.from_numpy(np.stack(part)) for part in zip(*(targets(t) for t in wanted), strict=True)
            )
            error = loss(*network(images), heat, distances, weight)
            optimiser.zero_grad()
            error.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 5.0)
            optimiser.step()
            schedule.step()
            total += error.item()
        print(
            f"round {turn + 1}/{rounds}: loss {total / (pictures // batch):.3f}, {time.monotonic() - started:.0f} s",
            flush=True,
        )
    return network.eval()


def flipped(picture: np.ndarray, truths: list[Truth], dice: Random) -> tuple[np.ndarray, list[Truth]]:
    if dice.random() < 0.5:
        picture = picture[:, ::-1]
        truths = [Truth(t.name, WIDTH - t.right, t.top, WIDTH - t.left, t.bottom) for t in truths]
    if dice.random() < 0.5:
        picture = picture[::-1]
        truths = [Truth(t.name, t.left, HEIGHT - t.bottom, t.right, HEIGHT - t.top) for t in truths]
    return picture, truths


def overlap(one: np.ndarray, other: np.ndarray) -> float:
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    if across <= 0 or down <= 0:
        return 0.0
    both = (one[2] - one[0]) * (one[3] - one[1]) + (other[2] - other[0]) * (other[3] - other[1])
    return float(across * down / (both - across * down))


def measure(file: Path, pictures: int, threshold: float = 0.4) -> None:
    """Precision, recall and average precision at an overlap of 0.5, per class, on pictures never seen."""
    session = onnxruntime.InferenceSession(str(file))
    found: dict[int, list[tuple[float, bool]]] = {index: [] for index in range(len(CLASSES))}
    known = dict.fromkeys(range(len(CLASSES)), 0)
    for seed in range(1_000_000, 1_000_000 + pictures):
        picture, truths = example(seed)
        image = picture.astype(np.float32).transpose(2, 0, 1)[None] / 255
        (raw,) = session.run(None, {session.get_inputs()[0].name: image})
        rows = raw[0].T
        for index, name in enumerate(CLASSES):
            real = [np.array(truth[1:]) for truth in truths if truth.name == name]
            known[index] += len(real)
            scores = rows[:, 4 + index]
            chosen = scores > 0.02
            centre, size, scores = rows[chosen, :2], rows[chosen, 2:4], scores[chosen]
            corners = np.concatenate([centre - size / 2, centre + size / 2], 1)
            taken: set[int] = set()
            for best in suppress(corners, scores, np.zeros(len(scores), int), threshold=0.5, limit=100):
                matches = [
                    (overlap(corners[best], box), at) for at, box in enumerate(real) if at not in taken
                ]
                score, at = max(matches, default=(0.0, -1))
                found[index].append((float(scores[best]), score >= 0.5))
                if score >= 0.5:
                    taken.add(at)
    print(f"\n{pictures} pictures never seen, overlap 0.5; precision and recall at confidence {threshold}")
    print(f"{'class':<15}{'there':>7}{'precision':>11}{'recall':>9}{'average precision':>19}")
    averages = []
    for index, name in enumerate(CLASSES):
        ranked = sorted(found[index], reverse=True)
        shown = [right for score, right in ranked if score >= threshold]
        hits = np.cumsum([right for _, right in ranked])
        precision = hits / np.arange(1, len(hits) + 1)
        precision = np.maximum.accumulate(precision[::-1])[::-1]
        averages.append(
            sum(p for p, (_, right) in zip(precision, ranked, strict=True) if right) / max(1, known[index])
        )
        print(
            f"{name:<15}{known[index]:>7}{sum(shown) / max(1, len(shown)):>11.3f}"
            f"{sum(shown) / max(1, known[index]):>9.3f}{averages[-1]:>19.3f}"
        )
    print(f"mean average precision at 0.5: {np.mean(averages):.3f}")


def main() -> None:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--pictures", type=int, default=2000)
    arguments.add_argument("--rounds", type=int, default=16)
    arguments.add_argument("--test", type=int, default=400)
    arguments.add_argument("--output", type=Path, default=TARGET)
    arguments.add_argument("--measure-only", action="store_true")
    chosen = arguments.parse_args()
    if not chosen.measure_only:
        network = Exported(train(chosen.pictures, chosen.rounds)).eval()
        torch.onnx.export(
            network,
            (torch.zeros(1, 3, HEIGHT, WIDTH),),
            str(chosen.output),
            input_names=["images"],
            output_names=["output0"],
            opset_version=17,
            dynamo=False,
        )
    print(f"{chosen.output.stat().st_size:,} bytes")
    measure(chosen.output, chosen.test)


if __name__ == "__main__":
    main()
