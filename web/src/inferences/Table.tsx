// Rows of inferences: only those in sight are drawn, the next page is asked for before its end is reached.
import { Checkbox } from "@mantine/core";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type MouseEvent, useEffect, useRef } from "react";
import type { Inference } from "../api/types";
import type { Column } from "./columns";
import { rowKey } from "./found";

const ROW = 31;
const ORDERS: Record<string, [string, string]> = {
  time: ["newest", "oldest"],
  confidence: ["confidence", "-confidence"],
  latency: ["-latency", "latency"],
};

export interface Rows {
  items: Inference[];
  more: boolean;
  loadMore: () => void;
  stale: boolean;
  cursor: number;
  open: (index: number) => void;
  selected: Set<string>;
  select: (index: number, range: boolean) => void;
}

export function Table(
  props: Rows & { columns: Column[]; order: string; sort: (order: string) => void; selectAll: () => void },
) {
  const { items, columns } = props;
  const box = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: items.length + (props.more ? 1 : 0),
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 12,
    scrollPaddingStart: 32,
  });
  const visible = rows.getVirtualItems();
  const last = visible.at(-1)?.index ?? 0;
  const { more, loadMore } = props;
  useEffect(() => {
    if (more && last >= items.length - 20) loadMore();
  }, [last, items.length, more, loadMore]);
  useEffect(() => {
    if (props.cursor >= 0) rows.scrollToIndex(props.cursor, { align: "auto" });
  }, [props.cursor, rows]);

  const template = { gridTemplateColumns: `30px ${columns.map((column) => column.width).join(" ")}` };
  const width = 30 + columns.reduce((sum, column) => sum + Number(column.width.match(/\d+/)?.[0] ?? 90), 0);
  const all = items.length > 0 && items.every((item) => props.selected.has(rowKey(item)));
  return (
    <div
      ref={box}
      className={`rows ${props.stale ? "stale" : ""}`}
      role="table"
      aria-label="Inferences"
      aria-rowcount={items.length + 1}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region must be reachable by keyboard
      tabIndex={0}
    >
      <div className="rows-head" role="row" style={{ ...template, minWidth: width }} aria-rowindex={1}>
        <span role="columnheader">
          <Checkbox
            size="xs"
            aria-label="Select all loaded rows"
            checked={all}
            indeterminate={!all && props.selected.size > 0}
            onChange={props.selectAll}
          />
        </span>
        {columns.map((column) => (
          <Head key={column.key} column={column} order={props.order} sort={props.sort} />
        ))}
      </div>
      <div style={{ height: rows.getTotalSize(), position: "relative", minWidth: width }} role="rowgroup">
        {visible.map((row) => {
          const item = items[row.index];
          const place = { ...template, transform: `translateY(${row.start}px)`, height: ROW };
          if (!item)
            return (
              <div key="more" className="rows-row" role="row" style={place}>
                <span role="cell" className="soft" style={{ gridColumn: "1 / -1" }}>
                  Loading more…
                </span>
              </div>
            );
          const key = rowKey(item);
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: Enter opens the row at the cursor (j, k)
            <div
              key={key}
              className="rows-row"
              role="row"
              aria-rowindex={row.index + 2}
              data-current={row.index === props.cursor || undefined}
              data-selected={props.selected.has(key) || undefined}
              style={place}
              onClick={() => props.open(row.index)}
            >
              <SelectCell
                checked={props.selected.has(key)}
                select={(event) => props.select(row.index, event.shiftKey)}
                label={`Select ${item.inference_id}`}
              />
              {columns.map((column) => (
                <span key={column.key} role="cell" className={`clip ${column.number ? "number" : ""}`}>
                  {column.cell(item)}
                </span>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function SelectCell(props: { checked: boolean; select: (event: MouseEvent) => void; label: string }) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the checkbox inside takes the keys
    <span role="cell" onClick={(event) => event.stopPropagation()}>
      <Checkbox
        size="xs"
        aria-label={props.label}
        checked={props.checked}
        readOnly
        onClick={(event) => props.select(event)}
      />
    </span>
  );
}

function Head({ column, order, sort }: { column: Column; order: string; sort: (order: string) => void }) {
  const orders = ORDERS[column.key];
  if (!orders)
    return (
      <span role="columnheader" className={`clip ${column.number ? "number" : ""}`} title={column.label}>
        {column.label}
      </span>
    );
  const at = orders.indexOf(order);
  const down = order === "newest" || order.startsWith("-");
  return (
    <span
      role="columnheader"
      className={column.number ? "number" : ""}
      aria-sort={at < 0 ? "none" : down ? "descending" : "ascending"}
    >
      <button type="button" className="plain" onClick={() => sort(orders[at === 0 ? 1 : 0] as string)}>
        {column.label}
        {at >= 0 && (down ? <IconArrowDown size={12} aria-hidden /> : <IconArrowUp size={12} aria-hidden />)}
      </button>
    </span>
  );
}
