// What can be measured of inferences, by the names the questions use.
import type { GroupRow, SeriesItem } from "../api/types";
import { confidence, duration, exact, percent, short } from "./format";

export interface Measure<Key extends string> {
  key: Key;
  label: string;
  write: (value: number | null | undefined) => string;
  /** Adds up: may be stacked, and its absence is nought. */
  sums: boolean;
  /** Between which values it always lies, where its axis should show them all. */
  within?: [number, number];
}

export type SeriesKey = Exclude<keyof SeriesItem, "value">;
export type GroupKey = Exclude<keyof GroupRow, "values">;

const whole = (value: number | null | undefined) =>
  value === null || value === undefined ? "–" : exact(value);

export const SERIES_MEASURES: Measure<SeriesKey>[] = [
  { key: "inferences", label: "Inferences", write: whole, sums: true },
  { key: "detections", label: "Detections", write: whole, sums: true },
  { key: "confidence", label: "Mean confidence", write: confidence, sums: false },
  { key: "latency_p50", label: "Latency p50", write: duration, sums: false },
  { key: "latency_p95", label: "Latency p95", write: duration, sums: false },
  { key: "errors", label: "Errors", write: whole, sums: true },
];

export const GROUP_MEASURES: Measure<GroupKey>[] = [
  { key: "inferences", label: "Inferences", write: whole, sums: true },
  { key: "share", label: "Share", write: (value) => percent(value), sums: true },
  { key: "detections", label: "Detections", write: whole, sums: true },
  { key: "confidence", label: "Mean confidence", write: confidence, sums: false },
  { key: "confidence_median", label: "Median confidence", write: confidence, sums: false },
  { key: "latency_p50", label: "Latency p50", write: duration, sums: false },
  { key: "latency_p95", label: "Latency p95", write: duration, sums: false },
  { key: "errors", label: "Errors", write: whole, sums: true },
];

export const seriesMeasure = (key: string | undefined): Measure<SeriesKey> =>
  SERIES_MEASURES.find((one) => one.key === key) ?? (SERIES_MEASURES[0] as Measure<SeriesKey>);
export const groupMeasure = (key: string | undefined): Measure<GroupKey> =>
  GROUP_MEASURES.find((one) => one.key === key) ?? (GROUP_MEASURES[0] as Measure<GroupKey>);

/** What to name to the server for a measure through time: it leaves out the latencies, which take long, and nothing else. */
export const named = (key: SeriesKey): string | undefined =>
  key === "latency_p50" || key === "latency_p95" ? undefined : "inferences";

/** For axes: short, without a unit's spaces. */
export function axis(measure: Measure<string>): (value: number) => string {
  return (value) => (measure.write === whole ? short(value) : measure.write(value));
}
