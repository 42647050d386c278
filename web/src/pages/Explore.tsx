// Group by one or two names, measure, draw, compare with the period before, take away as CSV or PNG.
import { Button, SegmentedControl, Select, Switch } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import type { EChartsType } from "echarts/core";
import { useRef } from "react";
import { useQuestion } from "../api/questions";
import type { GroupRow, Groups } from "../api/types";
import { bounds, iso } from "../app/range";
import { useView } from "../app/view";
import { colourOf } from "../charts/colours";
import { GroupChart } from "../charts/GroupChart";
import { HeatMap } from "../charts/HeatMap";
import { filterFor } from "../filter/conditions";
import { FilterBar } from "../filter/FilterBar";
import { download, writeCsv } from "../parts/download";
import { clip, exact } from "../parts/format";
import {
  GROUP_MEASURES,
  type GroupKey,
  groupMeasure,
  type Measure,
  SERIES_MEASURES,
} from "../parts/measures";
import { Nothing } from "../parts/Nothing";
import { readNames, writeNames } from "../parts/names";
import { Panel } from "../parts/Panel";
import { Change, relative } from "../parts/Small";
import { SplitBy, useNames } from "../parts/SplitBy";
import { TimePanel } from "../parts/TimePanel";
import { Value } from "../parts/Value";
import "./pages.css";

const TOPS = ["5", "10", "20", "50", "100"];

export const nameKey = (values: (string | null)[]) => JSON.stringify(values);

export function Explore() {
  const { view, change, go } = useView();
  const names = useNames();
  const by = readNames(view.by ?? "model").slice(0, 2);
  const [first = "model", second] = by;
  const measure = groupMeasure(view.measure);
  const chart = view.chart ?? "bar";
  const top = TOPS.includes(view.top ?? "") ? Number(view.top) : second ? 50 : 20;
  const compare = view.compare === "1";
  const canvas = useRef<EChartsType | null>(null);

  const parameters = { by: writeNames(by), limit: top };
  const groups = useQuestion<Groups>("groups", parameters, { enabled: chart !== "line" });
  const [start, end] = bounds({ start: view.start, end: view.end });
  // Rounded, so that the same question is not asked anew with every drawing.
  const minute = (milliseconds: number) => iso(Math.floor(milliseconds / 60_000) * 60_000);
  const before = useQuestion<Groups>(
    "groups",
    { ...parameters, start: minute(2 * start - end), end: minute(start), limit: 1000 },
    { enabled: compare && chart !== "line" },
  );
  const old = new Map(compare ? before.data?.items.map((row) => [nameKey(row.values), row]) : []);

  const choose = (place: 0 | 1, name: string | undefined) => {
    const next = [...by];
    if (name) next[place] = name;
    else next.splice(place, 1);
    change({ by: writeNames([...new Set(next.filter(Boolean))]) || undefined });
  };

  const csv = (data: Groups) => {
    const measures = GROUP_MEASURES.map((one) => one.key);
    download(
      `by-${by.join("-")}.csv`,
      writeCsv(
        [...data.by, ...measures],
        data.items.map((row) => [...row.values, ...measures.map((key) => row[key])]),
      ),
      "text/csv",
    );
  };
  const png = () => {
    const address = canvas.current?.getDataURL({
      pixelRatio: 2,
      backgroundColor: getComputedStyle(document.body).backgroundColor,
    });
    if (!address) return;
    const link = document.createElement("a");
    link.href = address;
    link.download = `by-${by.join("-")}.png`;
    link.click();
  };

  return (
    <main className="page">
      <div className="page-title">
        <h1>Explore</h1>
        <span className="grow" />
      </div>
      <div className="under-title">
        <FilterBar error={groups.error} />
      </div>
      <div className="explore-head">
        <span className="soft">by</span>
        <Select
          size="xs"
          w={160}
          aria-label="Group by"
          data={names}
          value={first}
          onChange={(name) => choose(0, name ?? undefined)}
          searchable
          allowDeselect={false}
          limit={200}
        />
        <span className="soft">and</span>
        <SplitBy
          value={second}
          choose={(name) => choose(1, name)}
          label="And by"
          placeholder="nothing else"
        />
        <Select
          size="xs"
          w={160}
          aria-label="Measure"
          data={(chart === "line" ? SERIES_MEASURES : GROUP_MEASURES).map((one) => ({
            value: one.key,
            label: one.label,
          }))}
          value={measure.key}
          onChange={(key) => change({ measure: key ?? undefined }, true)}
          allowDeselect={false}
        />
        <SegmentedControl
          size="xs"
          aria-label="Chart"
          value={chart}
          onChange={(value) => change({ chart: value === "bar" ? undefined : value }, true)}
          data={[
            { value: "bar", label: "Bars" },
            { value: "line", label: "Lines" },
            { value: "heat", label: "Heat map", disabled: !second },
            { value: "table", label: "Table" },
          ]}
        />
        <Select
          size="xs"
          w={92}
          aria-label="How many groups"
          data={TOPS.map((value) => ({ value, label: `top ${value}` }))}
          value={String(top)}
          onChange={(value) => change({ top: value ?? undefined }, true)}
          allowDeselect={false}
        />
        <Switch
          size="xs"
          label="Compare with the period before"
          checked={compare}
          disabled={chart === "line" || chart === "heat"}
          onChange={(event) => change({ compare: event.currentTarget.checked ? "1" : undefined }, true)}
        />
      </div>
      {chart === "line" ? (
        <TimePanel
          measure={
            (SERIES_MEASURES.find((one) => one.key === view.measure) ?? { key: "inferences" as const }).key
          }
          split={first}
          height={420}
          className=""
        />
      ) : (
        <Panel
          query={groups}
          height={420}
          title={`${measure.label} by ${by.join(" and ")}`}
          label="Groups"
          flush={chart === "table"}
          actions={
            groups.data && (
              <>
                <span className="soft">
                  {exact(groups.data.items.length)} of {exact(groups.data.total_groups)} groups,{" "}
                  {exact(groups.data.inferences)} inferences
                </span>
                <Download label="CSV" run={() => groups.data && csv(groups.data)} />
                {chart !== "table" && <Download label="PNG" run={png} />}
              </>
            )
          }
        >
          {(data) =>
            data.items.length === 0 ? (
              <Nothing />
            ) : chart === "table" ? (
              <Table data={data} measure={measure} old={compare ? old : null} />
            ) : chart === "heat" && data.by.length === 2 ? (
              <HeatMap
                data={data}
                measure={measure}
                onReady={(made) => {
                  canvas.current = made;
                }}
              />
            ) : (
              <GroupChart
                data={data}
                measure={measure}
                old={compare ? old : null}
                onReady={(made) => {
                  canvas.current = made;
                }}
                open={(values) => {
                  let filter = view.filter ?? "";
                  data.by.forEach((name, index) => {
                    filter = filterFor(filter, name, values[index] ?? null);
                  });
                  go("inferences", { filter });
                }}
              />
            )
          }
        </Panel>
      )}
    </main>
  );
}

function Download({ label, run }: { label: string; run: () => void }) {
  return (
    <Button size="compact-xs" variant="default" leftSection={<IconDownload size={13} />} onClick={run}>
      {label}
    </Button>
  );
}

function Table(props: { data: Groups; measure: Measure<GroupKey>; old: Map<string, GroupRow> | null }) {
  const { data, old } = props;
  const { change } = useView();
  const rows = [...data.items].sort((a, b) => (b[props.measure.key] ?? -1) - (a[props.measure.key] ?? -1));
  return (
    <table className="list">
      <thead>
        <tr>
          {data.by.map((name) => (
            <th key={name}>{clip(name, 40)}</th>
          ))}
          {GROUP_MEASURES.map((one) => (
            <th
              key={one.key}
              className="number"
              aria-sort={one.key === props.measure.key ? "descending" : "none"}
            >
              <button type="button" className="plain" onClick={() => change({ measure: one.key }, true)}>
                {one.label} {one.key === props.measure.key && "↓"}
              </button>
            </th>
          ))}
          {old && <th className="number">Change</th>}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => {
          const was = old?.get(nameKey(row.values))?.[props.measure.key];
          const now = row[props.measure.key];
          return (
            <tr key={nameKey(row.values)}>
              {row.values.map((value, index) => (
                <td key={data.by[index]}>
                  <span className="row">
                    <span
                      className="swatch"
                      style={{ background: colourOf(data.by[index] ?? "", value) }}
                      aria-hidden
                    />
                    <Value name={data.by[index] ?? ""} value={value}>
                      {value === null ? <span className="soft">(missing)</span> : undefined}
                    </Value>
                  </span>
                </td>
              ))}
              {GROUP_MEASURES.map((one) => (
                <td key={one.key} className="number">
                  {one.write(row[one.key])}
                </td>
              ))}
              {old && (
                <td className="number">
                  <Change value={now == null || was == null ? null : relative(now, was)} />
                </td>
              )}
            </tr>
          );
        })}
        {data.other && (
          <tr className="soft">
            <td colSpan={data.by.length}>{exact(data.total_groups - data.items.length)} others</td>
            {GROUP_MEASURES.map((one) => (
              <td key={one.key} className="number">
                {one.key in (data.other ?? {}) ? one.write(data.other?.[one.key as "inferences"]) : ""}
              </td>
            ))}
            {old && <td />}
          </tr>
        )}
      </tbody>
    </table>
  );
}
