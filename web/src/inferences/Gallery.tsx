// Pictures with what was found in them drawn over; boxes on plain ground where no picture is stored.
import { Checkbox } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, useState } from "react";
import { useWorkspace } from "../app/view";
import { Drawing } from "../details/Drawing";
import { confidence, moment } from "../parts/format";
import { rowKey } from "./found";
import type { Rows } from "./Table";

export function Gallery(props: Rows & { size: number; overlay: boolean }) {
  const workspace = useWorkspace();
  const { items, size } = props;
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(1000);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const watch = new ResizeObserver(() => setWidth(element.clientWidth));
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  const across = Math.max(1, Math.floor((width - 16) / (size + 10)));
  const rows = useVirtualizer({
    count: Math.ceil(items.length / across),
    getScrollElement: () => box.current,
    estimateSize: () => size * 0.75 + 36,
    overscan: 3,
  });
  const visible = rows.getVirtualItems();
  const last = visible.at(-1)?.index ?? 0;
  const { more, loadMore } = props;
  useEffect(() => {
    if (more && (last + 4) * across >= items.length) loadMore();
  }, [last, across, items.length, more, loadMore]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows are measured anew when their height changes
  useEffect(() => rows.measure(), [size, across]);
  useEffect(() => {
    if (props.cursor >= 0) rows.scrollToIndex(Math.floor(props.cursor / across), { align: "auto" });
  }, [props.cursor, across, rows]);

  return (
    <div
      ref={box}
      className={`rows gallery ${props.stale ? "stale" : ""}`}
      role="list"
      aria-label="Inferences"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region must be reachable by keyboard
      tabIndex={0}
    >
      <div style={{ height: rows.getTotalSize(), position: "relative" }} role="presentation">
        {visible.map((row) => (
          <div
            key={row.key}
            className="gallery-row"
            role="presentation"
            style={{
              transform: `translateY(${row.start}px)`,
              gridTemplateColumns: `repeat(${across}, ${size}px)`,
            }}
          >
            {items.slice(row.index * across, (row.index + 1) * across).map((item, place) => {
              const index = row.index * across + place;
              const key = rowKey(item);
              return (
                <div
                  key={key}
                  role="listitem"
                  className="card"
                  data-current={index === props.cursor || undefined}
                  data-selected={props.selected.has(key) || undefined}
                >
                  <button
                    type="button"
                    className="plain"
                    aria-label={`Open ${item.inference_id}`}
                    onClick={() => props.open(index)}
                    style={{ height: size * 0.75 }}
                  >
                    <Drawing workspace={workspace} item={item} overlay={props.overlay} thumbnail />
                  </button>
                  <div className="row card-foot">
                    <Checkbox
                      size="xs"
                      aria-label={`Select ${item.inference_id}`}
                      checked={props.selected.has(key)}
                      readOnly
                      onClick={(event) => props.select(index, event.shiftKey)}
                    />
                    <span className="clip grow">{item.model ?? "–"}</span>
                    <span className="soft" title={moment(item.time)}>
                      {item.error ? <span className="bad">error</span> : confidence(item.confidence)}
                    </span>
                  </div>
                </div>
              );
            })}
          </div>
        ))}
      </div>
    </div>
  );
}
