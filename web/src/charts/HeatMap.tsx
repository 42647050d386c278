// Two names against each other, a measure as depth of colour.
import type { EChartsType } from "echarts/core";
import { useMemo } from "react";
import type { Groups } from "../api/types";
import { clip } from "../parts/format";
import type { GroupKey, Measure } from "../parts/measures";
import { Chart, type Ink, useInk } from "./Chart";
import { valuesAt } from "./GroupChart";
import { nameOfValue } from "./TimeChart";
import { tooltip, tooltipOption } from "./tooltip";

const order = (values: (string | null)[]) =>
  [...values].sort((a, b) => nameOfValue(a).localeCompare(nameOfValue(b), "en", { numeric: true }));

function option(data: Groups, measure: Measure<GroupKey>, ink: Ink) {
  const across = order(valuesAt(data, 0));
  const down = order(valuesAt(data, 1)).reverse();
  const cells = data.items
    .filter((row) => row[measure.key] !== null)
    .map((row) => [
      across.indexOf(row.values[0] ?? null),
      down.indexOf(row.values[1] ?? null),
      row[measure.key] as number,
    ]);
  const numbers = cells.map((cell) => cell[2] as number);
  const label = (text: string) => clip(text, 18);
  return {
    animation: false,
    grid: { left: 4, right: 8, top: 8, bottom: 40, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    xAxis: {
      type: "category",
      data: across.map(nameOfValue),
      axisLabel: { color: ink.soft, formatter: label },
      axisLine: { show: false },
      axisTick: { show: false },
    },
    yAxis: {
      type: "category",
      data: down.map(nameOfValue),
      axisLabel: { color: ink.soft, formatter: label },
      axisLine: { show: false },
      axisTick: { show: false },
    },
    visualMap: {
      min: measure.sums ? 0 : Math.min(...numbers),
      max: Math.max(...numbers),
      orient: "horizontal",
      left: "center",
      bottom: 0,
      itemHeight: 160,
      textStyle: { color: ink.soft },
      formatter: (value: number) => measure.write(measure.key === "inferences" ? Math.round(value) : value),
      // Dark to bright in one direction: readable without telling hues apart.
      inRange: { color: ["#26456e", "#2f6b9a", "#3f93a8", "#74b99b", "#c3d67f", "#fbe45b"] },
    },
    tooltip: {
      ...tooltipOption(ink),
      formatter: (cell: { value: number[]; color: string }) =>
        tooltip(
          `${nameOfValue(across[cell.value[0] ?? 0] ?? null)} · ${nameOfValue(down[cell.value[1] ?? 0] ?? null)}`,
          [{ colour: cell.color, name: measure.label, value: measure.write(cell.value[2]) }],
        ),
    },
    series: [
      {
        type: "heatmap",
        data: cells,
        label: {
          show: cells.length <= 120,
          fontSize: 11,
          color: "#fff",
          textBorderColor: "rgba(0,0,0,0.55)",
          textBorderWidth: 2,
          formatter: (cell: { value: number[] }) => measure.write(cell.value[2]),
        },
        itemStyle: { borderColor: ink.surface, borderWidth: 2 },
      },
    ],
  };
}

export function HeatMap(props: {
  data: Groups;
  measure: Measure<GroupKey>;
  onReady: (chart: EChartsType) => void;
}) {
  const ink = useInk();
  const { data, measure } = props;
  const shown = useMemo(() => option(data, measure, ink), [data, measure, ink]);
  const height = Math.max(260, Math.min(900, 90 + valuesAt(data, 1).length * 34));
  return (
    <Chart
      option={shown}
      height={height}
      label={`${measure.label} by ${data.by.join(" and ")}`}
      onReady={props.onReady}
    />
  );
}
