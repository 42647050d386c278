// The picture of the open inference: zoom with the wheel or + and −, pan by dragging, hide by confidence or class.
import { ActionIcon, Slider } from "@mantine/core";
import { IconMinus, IconPlus, IconZoomReset } from "@tabler/icons-react";
import { type PointerEvent, useEffect, useRef, useState } from "react";
import type { Detection, InferenceDetails } from "../api/types";
import { useView } from "../app/view";
import { colourOf } from "../charts/colours";
import { clip } from "../parts/format";
import { Drawing } from "./Drawing";
import { sizeOf } from "./geometry";

type Part = [number, number, number, number];

export function Picture(props: { workspace: string; item: InferenceDetails; highlighted: Detection | null }) {
  const { item } = props;
  const { go } = useView();
  const size = sizeOf(item);
  const [part, setPart] = useState<Part>([0, 0, size.width, size.height]);
  const [least, setLeast] = useState(0);
  const [off, setOff] = useState<Set<string>>(new Set());
  const box = useRef<HTMLDivElement>(null);
  const held = useRef<[number, number, Part] | null>(null);
  const classes = [...new Set(item.detections.map((one) => one.class))];

  const zoom = (factor: number, x = 0.5, y = 0.5) =>
    setPart(([left, top, width, height]) => {
      const to = Math.min(size.width, Math.max(size.width / 20, width * factor));
      const scale = to / width;
      if (to >= size.width) return [0, 0, size.width, size.height];
      return [left + (width - to) * x, top + height * (1 - scale) * y, to, height * scale];
    });
  const latest = useRef(zoom);
  latest.current = zoom;
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    // React's wheel handlers are passive; this one must keep the drawer from scrolling.
    const turn = (event: WheelEvent) => {
      event.preventDefault();
      const frame = element.getBoundingClientRect();
      latest.current(
        event.deltaY > 0 ? 1.2 : 1 / 1.2,
        (event.clientX - frame.left) / frame.width,
        (event.clientY - frame.top) / frame.height,
      );
    };
    element.addEventListener("wheel", turn, { passive: false });
    return () => element.removeEventListener("wheel", turn);
  }, []);

  const drag = (event: PointerEvent) => {
    if (!held.current || !box.current) return;
    const [x, y, [left, top, width, height]] = held.current;
    const frame = box.current.getBoundingClientRect();
    const scale = Math.max(width / frame.width, height / frame.height);
    setPart([left - (event.clientX - x) * scale, top - (event.clientY - y) * scale, width, height]);
  };

  return (
    <section className="picture" aria-label="Picture">
      <div
        ref={box}
        className="picture-box"
        onPointerDown={(event) => {
          held.current = [event.clientX, event.clientY, part];
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={drag}
        onPointerUp={() => {
          held.current = null;
        }}
      >
        <Drawing
          workspace={props.workspace}
          item={item}
          overlay
          labels
          part={part}
          highlighted={props.highlighted}
          hidden={(one) => (one.confidence ?? 1) < least || off.has(one.class)}
        />
      </div>
      <div className="picture-tools">
        <ActionIcon variant="default" size={24} aria-label="Zoom in" onClick={() => zoom(1 / 1.4)}>
          <IconPlus size={13} />
        </ActionIcon>
        <ActionIcon variant="default" size={24} aria-label="Zoom out" onClick={() => zoom(1.4)}>
          <IconMinus size={13} />
        </ActionIcon>
        <ActionIcon
          variant="default"
          size={24}
          aria-label="Whole picture"
          onClick={() => setPart([0, 0, size.width, size.height])}
        >
          <IconZoomReset size={13} />
        </ActionIcon>
      </div>
      {!item.image?.stored && (
        <p className="soft no-picture">
          No picture is stored of this inference.{" "}
          <button type="button" className="plain value" onClick={() => go("settings")}>
            How to store pictures
          </button>
        </p>
      )}
      {item.detections.length > 0 && (
        <div className="row wrap picture-foot">
          {classes.slice(0, 12).map((name) => (
            <button
              type="button"
              key={name}
              className="plain tag"
              aria-pressed={!off.has(name)}
              data-off={off.has(name) || undefined}
              onClick={() => {
                const next = new Set(off);
                if (!next.delete(name)) next.add(name);
                setOff(next);
              }}
            >
              <span className="swatch" style={{ background: colourOf("class", name) }} aria-hidden />
              {clip(name, 24)}
            </button>
          ))}
          <span className="grow" />
          <span className="soft">confidence ≥ {least.toFixed(2)}</span>
          <Slider
            w={100}
            size="sm"
            min={0}
            max={1}
            step={0.01}
            label={null}
            value={least}
            onChange={setLeast}
            thumbLabel="Least confidence drawn"
          />
        </div>
      )}
    </section>
  );
}
