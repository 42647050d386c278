// The columns that a table of inferences can have: built-ins, then one a metadata field.
import type { ReactNode } from "react";
import type { Inference } from "../api/types";
import { colourOf } from "../charts/colours";
import { fieldName } from "../filter/conditions";
import { confidence, duration, moment } from "../parts/format";
import { Value } from "../parts/Value";

export interface Column {
  /** As in the address: a built-in's name, or `metadata.` and the field's. */
  key: string;
  label: string;
  width: string;
  number?: boolean;
  cell: (item: Inference) => ReactNode;
  text: (item: Inference) => string;
}

const plain = (key: keyof Inference, label: string, width: string): Column => ({
  key,
  label,
  width,
  cell: (item) => <Value name={key} value={(item[key] as string | null) ?? null} />,
  text: (item) => String(item[key] ?? ""),
});

/** Without the year where it is this one. */
const near = (iso: string) => {
  const written = moment(iso);
  return written.startsWith(String(new Date().getFullYear())) ? written.slice(5) : written;
};

export const BUILT_IN_COLUMNS: Column[] = [
  {
    key: "time",
    label: "Time",
    width: "112px",
    cell: (item) => <span title={`${item.time} (UTC)`}>{near(item.time)}</span>,
    text: (item) => item.time,
  },
  plain("model", "Model", "minmax(92px, 1fr)"),
  plain("device", "Device", "minmax(68px, 0.8fr)"),
  {
    key: "detections",
    label: "Detections",
    width: "minmax(170px, 2fr)",
    cell: (item) => <Classes item={item} />,
    text: (item) => item.detections.map((one) => one.class).join(" "),
  },
  {
    key: "confidence",
    label: "Confidence",
    width: "84px",
    number: true,
    cell: (item) => confidence(item.confidence),
    text: (item) => String(item.confidence ?? ""),
  },
  {
    key: "latency",
    label: "Latency",
    width: "72px",
    number: true,
    cell: (item) => duration(item.latency),
    text: (item) => String(item.latency ?? ""),
  },
  {
    key: "error",
    label: "Error",
    width: "minmax(90px, 1fr)",
    cell: (item) => (item.error ? <span className="bad">{item.error}</span> : null),
    text: (item) => item.error ?? "",
  },
  plain("task", "Task", "minmax(90px, 1fr)"),
  plain("source", "Source", "90px"),
  plain("server", "Server", "90px"),
  plain("deployment", "Deployment", "100px"),
  {
    key: "id",
    label: "Inference id",
    width: "minmax(120px, 1fr)",
    cell: (item) => <code>{item.inference_id}</code>,
    text: (item) => item.inference_id,
  },
];

export const DEFAULT_BUILT_IN = ["time", "model", "device", "detections", "confidence", "latency"];

export function fieldColumn(field: string): Column {
  return {
    key: `metadata.${field}`,
    label: field,
    width: "minmax(70px, 0.8fr)",
    cell: (item) => {
      const value = item.metadata[field];
      return value === undefined ? (
        <span className="soft">–</span>
      ) : (
        <Value name={fieldName(field)} value={value} size={60} />
      );
    },
    text: (item) => item.metadata[field] ?? "",
  };
}

export function columnOf(key: string): Column {
  return BUILT_IN_COLUMNS.find((column) => column.key === key) ?? fieldColumn(key.replace(/^metadata\./, ""));
}

function Classes({ item }: { item: Inference }) {
  const counts = new Map<string, number>();
  for (const one of item.detections) counts.set(one.class, (counts.get(one.class) ?? 0) + 1);
  if (item.error) return <span className="bad clip">{item.error}</span>;
  if (counts.size === 0) return <span className="soft">none</span>;
  return (
    <span className="row clip" style={{ gap: 4 }}>
      {[...counts].slice(0, 5).map(([name, count]) => (
        <span className="tag" key={name}>
          <span className="swatch" style={{ background: colourOf("class", name) }} aria-hidden />
          <Value name="class" value={name} size={24} />
          {count > 1 && <span className="soft">{count}</span>}
        </span>
      ))}
      {counts.size > 5 && <span className="soft">+{counts.size - 5}</span>}
    </span>
  );
}
