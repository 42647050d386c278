// Where detections lie in a picture of a given size.
import type { Detection, Inference } from "../api/types";

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Pixels; null for detections without geometry (classification). */
export function boxOf(detection: Detection): Box | null {
  const { x, y, width, height } = detection;
  if (x == null || y == null || width == null || height == null) {
    const points = detection.points ?? detection.keypoints?.map((point) => [point.x, point.y]);
    return points?.length ? around(points) : null;
  }
  return { left: x - width / 2, top: y - height / 2, width, height };
}

function around(points: number[][]): Box {
  const xs = points.map((point) => point[0] ?? 0);
  const ys = points.map((point) => point[1] ?? 0);
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return { left, top, width: Math.max(...xs) - left, height: Math.max(...ys) - top };
}

/** The picture's size; where nobody told it, just enough for what was found. */
export function sizeOf(item: Pick<Inference, "image" | "detections">): { width: number; height: number } {
  const { width, height } = item.image ?? {};
  if (width && height) return { width, height };
  let right = 0;
  let bottom = 0;
  for (const detection of item.detections) {
    const box = boxOf(detection);
    if (!box) continue;
    right = Math.max(right, box.left + box.width);
    bottom = Math.max(bottom, box.top + box.height);
  }
  return right > 0 && bottom > 0
    ? { width: right * 1.08, height: bottom * 1.08 }
    : { width: 640, height: 480 };
}
