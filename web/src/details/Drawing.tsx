// One picture with its detections, drawn as SVG in the picture's own pixels.
import { inferencePath } from "../api/client";
import type { Detection, Inference } from "../api/types";
import { colourOf } from "../charts/colours";
import { boxOf, sizeOf } from "./geometry";

export function imageAddress(workspace: string, item: Inference, part = ""): string {
  return inferencePath(workspace, item.inference_id, `/image${part}`);
}

export function Drawing(props: {
  workspace: string;
  item: Inference;
  overlay: boolean;
  thumbnail?: boolean;
  /** Detections that are not drawn. */
  hidden?: (detection: Detection) => boolean;
  highlighted?: Detection | null;
  /** left, top, width, height of the part in sight, in pixels of the picture. */
  part?: [number, number, number, number];
  labels?: boolean;
}) {
  const { item, workspace } = props;
  const { width, height } = sizeOf(item);
  const part = props.part ?? [0, 0, width, height];
  const shown = props.overlay ? item.detections.filter((one) => !props.hidden?.(one)) : [];
  const flat = item.detections.filter((one) => !boxOf(one));
  const letter = Math.max(part[2] / 52, part[3] / 40);
  return (
    <svg
      className="drawing"
      viewBox={part.join(" ")}
      preserveAspectRatio="xMidYMid meet"
      role="img"
      aria-label={`${item.detections.length} detections${item.image?.stored ? "" : ", no picture stored"}`}
    >
      <rect className="ground" width={width} height={height} />
      {item.image?.stored && (
        <image
          href={imageAddress(workspace, item, props.thumbnail ? "/thumbnail" : "")}
          width={width}
          height={height}
          preserveAspectRatio="none"
        />
      )}
      {shown.map((detection, index) => (
        <Mark
          // biome-ignore lint/suspicious/noArrayIndexKey: detections have no identity of their own
          key={index}
          detection={detection}
          letter={letter}
          label={props.labels ?? false}
          strong={detection === props.highlighted}
        />
      ))}
      {props.thumbnail &&
        flat.slice(0, 2).map((detection, index) => (
          <text
            // biome-ignore lint/suspicious/noArrayIndexKey: as above
            key={index}
            className="flat"
            x={width / 2}
            y={height / 2 + index * letter * 2.6}
            fontSize={letter * 2.2}
            textAnchor="middle"
          >
            {detection.class}
          </text>
        ))}
    </svg>
  );
}

function Mark(props: { detection: Detection; letter: number; label: boolean; strong: boolean }) {
  const { detection, letter } = props;
  const box = boxOf(detection);
  if (!box) return null;
  const colour = colourOf("class", detection.class);
  const stroke = {
    stroke: colour,
    strokeWidth: props.strong ? 4 : 2,
    vectorEffect: "non-scaling-stroke" as const,
  };
  const fill = { fill: colour, fillOpacity: props.strong ? 0.3 : 0.1 };
  const score = detection.confidence == null ? "" : ` ${Math.round(detection.confidence * 100)}%`;
  const label = `${detection.class.length > 28 ? `${detection.class.slice(0, 27)}…` : detection.class}${score}`;
  const inside = box.top < letter * 1.6;
  return (
    <g>
      {detection.points?.length ? (
        <polygon points={detection.points.map((point) => point.join(",")).join(" ")} {...stroke} {...fill} />
      ) : (
        <rect x={box.left} y={box.top} width={box.width} height={box.height} {...stroke} {...fill} />
      )}
      {detection.keypoints?.map((point, index) => (
        <circle
          // biome-ignore lint/suspicious/noArrayIndexKey: keypoints are told apart by their place
          key={index}
          cx={point.x}
          cy={point.y}
          r={letter * 0.35}
          fill={colour}
          stroke="#fff"
          strokeWidth={1}
          vectorEffect="non-scaling-stroke"
        />
      ))}
      {props.label && (
        <g transform={`translate(${box.left} ${inside ? box.top : box.top - letter * 1.5})`}>
          <rect width={label.length * letter * 0.62 + letter * 0.6} height={letter * 1.5} fill={colour} />
          <text x={letter * 0.3} y={letter * 1.1} fontSize={letter} className="mark-label">
            {label}
          </text>
        </g>
      )}
    </g>
  );
}
