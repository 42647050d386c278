// A measure through time, one line or one colour of bar a value. Dragging zooms the page's time range.
import { useMemo } from "react";
import type { Series } from "../api/types";
import { bounds, iso } from "../app/range";
import { useView } from "../app/view";
import { moment } from "../parts/format";
import { axis, type Measure, type SeriesKey } from "../parts/measures";
import { Value } from "../parts/Value";
import { Chart, type Ink, useInk } from "./Chart";
import { BAD, colourOf, settle } from "./colours";
import { tooltip, tooltipOption } from "./tooltip";

const UNITS: Record<string, number> = { s: 1e3, m: 6e4, h: 36e5, d: 864e5, w: 6048e5 };

export function bucketLength(series: Series): number {
  const written = series.bucket.match(/^(\d+)([smhdw])$/);
  return written ? Number(written[1]) * (UNITS[written[2] as string] as number) : 36e5;
}

export const nameOfValue = (value: string | null) => (value === null ? "(missing)" : value);

const hasAny = (item: Series["items"][0]) => item.inferences.some((count) => count > 0);

const TIMES = {
  year: "{yyyy}",
  month: "{MMM} {d}",
  day: "{MMM} {d}",
  hour: "{HH}:{mm}",
  minute: "{HH}:{mm}",
  second: "{HH}:{mm}:{ss}",
};

interface Shown {
  data: Series;
  measure: Measure<SeriesKey>;
  /** The name the series is split by, as written in a filter; none draws one series. */
  name?: string;
  bars?: boolean;
}

function option({ data, measure, name, bars }: Shown, ink: Ink, range: [number, number]) {
  const length = bucketLength(data);
  if (name)
    settle(
      name,
      data.items.map((item) => item.value),
    );
  const colour = (value: string | null) =>
    name ? colourOf(name, value) : measure.key === "errors" ? BAD : ink.accent;
  const at = data.buckets.map((start) => Date.parse(start));
  return {
    animation: false,
    grid: { left: 4, right: 8, top: 10, bottom: 2, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    xAxis: {
      type: "time",
      min: Math.min(range[0], at[0] ?? range[0]),
      max: Math.max(range[1], (at.at(-1) ?? 0) + length),
      axisLabel: { color: ink.soft, fontSize: 11, hideOverlap: true, formatter: TIMES },
      axisLine: { lineStyle: { color: ink.line } },
      splitLine: { show: false },
    },
    yAxis: {
      type: "value",
      scale: !measure.sums && !measure.within,
      min: measure.within?.[0],
      max: measure.within?.[1],
      minInterval: measure.sums ? 1 : undefined,
      splitNumber: 3,
      axisLabel: { color: ink.soft, fontSize: 11, formatter: axis(measure) },
      splitLine: { lineStyle: { color: ink.line } },
    },
    tooltip: {
      ...tooltipOption(ink),
      trigger: "axis",
      axisPointer: { type: bars ? "shadow" : "line", lineStyle: { color: ink.soft } },
      formatter: (parts: { dataIndex: number }[]) => {
        const index = parts[0]?.dataIndex ?? 0;
        const rows = data.items
          .map((item) => ({ item, value: item[measure.key][index] }))
          .filter(
            ({ value }) => value !== null && value !== undefined && !(measure.sums && value === 0 && name),
          )
          .sort((a, b) => (b.value ?? 0) - (a.value ?? 0))
          .map(({ item, value }) => ({
            colour: colour(item.value),
            name: name ? nameOfValue(item.value) : measure.label,
            value: measure.write(value),
          }));
        const start = at[index] ?? 0;
        return tooltip(
          `${moment(iso(start), false)} – ${moment(iso(start + length), false).slice(11)}`,
          rows,
        );
      },
    },
    series: data.items.map((item) => ({
      name: nameOfValue(item.value),
      type: bars ? "bar" : "line",
      stack: bars ? "all" : undefined,
      barCategoryGap: "12%",
      barMaxWidth: 40,
      showSymbol: data.buckets.length < 40,
      symbolSize: 4,
      connectNulls: length < 36e5 * 2,
      lineStyle: { width: 1.7 },
      itemStyle: { color: colour(item.value) },
      emphasis: { focus: name ? "series" : "none" },
      data: item[measure.key].map((value, index) => [(at[index] ?? 0) + length / 2, value]),
    })),
  };
}

export function TimeChart(props: Shown & { height: number; legend?: boolean }) {
  const { view, change } = useView();
  const ink = useInk();
  const { data, measure, name, bars } = props;
  const shown = useMemo(
    () => option({ data, measure, name, bars }, ink, bounds({ start: view.start, end: view.end })),
    [data, measure, name, bars, ink, view.start, view.end],
  );
  return (
    <>
      <Chart
        option={shown}
        height={props.height}
        label={`${measure.label} through time${name ? ` by ${name}` : ""}`}
        onDrag={(from, to) => change({ start: iso(from), end: iso(to), live: undefined })}
      />
      {name && props.legend !== false && (
        <Legend name={name} values={data.items.filter(hasAny).map((item) => item.value)} />
      )}
    </>
  );
}

export function Legend({ name, values }: { name: string; values: (string | null)[] }) {
  return (
    <div className="legend">
      {values.map((value) => (
        <span key={value ?? "\0"} className="row clip">
          <span className="swatch" style={{ background: colourOf(name, value) }} aria-hidden />
          {value === "(other)" ? (
            <span className="soft">(other)</span>
          ) : (
            <Value name={name} value={value} size={32}>
              {value === null ? "(missing)" : undefined}
            </Value>
          )}
        </span>
      ))}
    </div>
  );
}
