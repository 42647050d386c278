// Groups as bars, the second name as colours; a paler bar beside each for the period before.
import type { EChartsType } from "echarts/core";
import { useMemo } from "react";
import type { GroupRow, Groups } from "../api/types";
import { clip } from "../parts/format";
import { axis, type GroupKey, type Measure } from "../parts/measures";
import { Chart, type Ink, useInk } from "./Chart";
import { colourOf, NEUTRAL, settle } from "./colours";
import { Legend, nameOfValue } from "./TimeChart";
import { tooltip, tooltipOption } from "./tooltip";

type Old = Map<string, GroupRow> | null;

/** Distinct values at `place`, in the order of their weight. */
export function valuesAt(data: Groups, place: number): (string | null)[] {
  return [...new Set(data.items.map((row) => row.values[place] ?? null))];
}

function option(data: Groups, measure: Measure<GroupKey>, old: Old, ink: Ink) {
  const [first = "", second] = data.by;
  const rows =
    second || measure.sums
      ? data.items
      : [...data.items].sort((a, b) => (b[measure.key] ?? -1) - (a[measure.key] ?? -1));
  const across = second ? valuesAt(data, 0) : rows.map((row) => row.values[0] ?? null);
  const parts = second ? valuesAt(data, 1) : [null];
  settle(first, valuesAt(data, 0));
  if (second) settle(second, parts);
  const cells = new Map(data.items.map((row) => [JSON.stringify(row.values), row]));
  const other =
    !second && data.other && measure.key in data.other ? data.other[measure.key as "inferences"] : null;
  const key = (value: string | null, part: string | null) => JSON.stringify(second ? [value, part] : [value]);
  const bar = (part: string | null, from: Map<string, GroupRow>, past: boolean) => ({
    name: past ? "the period before" : second ? nameOfValue(part) : measure.label,
    type: "bar",
    stack: second && measure.sums && !past ? "all" : undefined,
    barMaxWidth: 46,
    barGap: "10%",
    itemStyle: past
      ? { color: NEUTRAL, opacity: 0.45 }
      : second
        ? { color: colourOf(second, part) }
        : undefined,
    data: [
      ...across.map((value) => ({
        value: from.get(key(value, part))?.[measure.key] ?? null,
        itemStyle: second || past ? undefined : { color: colourOf(first, value) },
      })),
      ...(other !== null && !past ? [{ value: other, itemStyle: { color: NEUTRAL } }] : []),
    ],
  });
  const series = parts.map((part) => bar(part, cells, false));
  if (old && !second) series.push(bar(null, old, true));
  const labels = [...across.map(nameOfValue), ...(other !== null ? ["(other)"] : [])];
  return {
    animation: false,
    grid: { left: 4, right: 8, top: 14, bottom: 2, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    xAxis: {
      type: "category",
      data: labels,
      axisLabel: {
        color: ink.soft,
        fontSize: 11,
        interval: labels.length > 40 ? "auto" : 0,
        rotate: labels.length > 12 || labels.some((label) => label.length > 12) ? 35 : 0,
        formatter: (label: string) => clip(label, 18),
      },
      axisLine: { lineStyle: { color: ink.line } },
      axisTick: { show: false },
    },
    yAxis: {
      type: "value",
      scale: false,
      axisLabel: { color: ink.soft, fontSize: 11, formatter: axis(measure) },
      splitLine: { lineStyle: { color: ink.line } },
    },
    tooltip: {
      ...tooltipOption(ink),
      trigger: "axis",
      axisPointer: { type: "shadow" },
      formatter: (hovered: { seriesName: string; value: number | null; color: string; name: string }[]) =>
        tooltip(
          clip(hovered[0]?.name ?? "", 80),
          hovered
            .filter((one) => one.value !== null && one.value !== undefined)
            .map((one) => ({ colour: one.color, name: one.seriesName, value: measure.write(one.value) })),
          "click to see the inferences",
        ),
    },
    series,
  };
}

export function GroupChart(props: {
  data: Groups;
  measure: Measure<GroupKey>;
  old: Old;
  open: (values: (string | null)[]) => void;
  onReady: (chart: EChartsType) => void;
}) {
  const ink = useInk();
  const { data, measure, old } = props;
  const shown = useMemo(() => option(data, measure, old, ink), [data, measure, old, ink]);
  const second = data.by[1];
  const across = second
    ? valuesAt(data, 0)
    : (measure.sums
        ? data.items
        : [...data.items].sort((a, b) => (b[measure.key] ?? -1) - (a[measure.key] ?? -1))
      ).map((row) => row.values[0] ?? null);
  return (
    <>
      <Chart
        option={shown}
        height={420}
        label={`${measure.label} by ${data.by.join(" and ")}`}
        onReady={props.onReady}
        onClick={(event) => {
          if (event.dataIndex >= across.length) return;
          const value = across[event.dataIndex] ?? null;
          const part = second
            ? valuesAt(data, 1).find((one) => nameOfValue(one) === event.seriesName)
            : undefined;
          props.open(part === undefined ? [value] : [value, part]);
        }}
      />
      {second && <Legend name={second} values={valuesAt(data, 1).slice(0, 30)} />}
    </>
  );
}
