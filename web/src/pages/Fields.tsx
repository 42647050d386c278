// Every metadata field, or one: what it holds, how much of it, and any measure by its values.
import { Badge, Button, TextInput, Tooltip } from "@mantine/core";
import { IconAlertTriangle, IconChartBar, IconPhotoSearch } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef, useState } from "react";
import { useQuestion } from "../api/questions";
import type { Field, Fields as FieldsAnswer, Groups, Series } from "../api/types";
import { useView } from "../app/view";
import { colourOf } from "../charts/colours";
import { TimeChart } from "../charts/TimeChart";
import { append, fieldName, quote } from "../filter/conditions";
import { FilterBar } from "../filter/FilterBar";
import { ago, clip, confidence, duration, exact, moment, percent, short } from "../parts/format";
import { type Measure, named, seriesMeasure } from "../parts/measures";
import { writeNames } from "../parts/names";
import { Answer, Panel } from "../parts/Panel";
import { Share } from "../parts/Small";
import { TimePanel } from "../parts/TimePanel";
import { Value } from "../parts/Value";
import "./pages.css";

export function Fields() {
  const { view } = useView();
  return view.field ? <FieldPage field={view.field} /> : <All />;
}

const ROW = 34;
type Sort = "coverage" | "name" | "distinct" | "last_seen";

function All() {
  const { go } = useView();
  const fields = useQuestion<FieldsAnswer>("fields");
  const [wanted, setWanted] = useState("");
  const [sort, setSort] = useState<Sort>("coverage");
  return (
    <main className="page">
      <div className="page-title">
        <h1>Fields</h1>
        {fields.data && (
          <span className="soft">
            {exact(fields.data.items.length)} fields on {short(fields.data.inferences)} inferences
          </span>
        )}
        <span className="grow" />
        <TextInput
          size="xs"
          aria-label="Find a field"
          placeholder="Find a field"
          value={wanted}
          onChange={(event) => setWanted(event.currentTarget.value)}
        />
      </div>
      <div className="under-title">
        <FilterBar error={fields.error} />
      </div>
      <Panel query={fields} flush height={260} label="Fields">
        {(data) =>
          data.items.length === 0 ? (
            <div className="nothing">
              <strong>No field yet</strong>
              <span>Attach a value to an inference and its field appears here.</span>
              <Button size="xs" onClick={() => go("start")}>
                How to attach
              </Button>
            </div>
          ) : (
            <List items={data.items} wanted={wanted} sort={sort} setSort={setSort} />
          )
        }
      </Panel>
    </main>
  );
}

function List(props: { items: Field[]; wanted: string; sort: Sort; setSort: (sort: Sort) => void }) {
  const { go } = useView();
  const box = useRef<HTMLDivElement>(null);
  const { items, wanted, sort } = props;
  const shown = useMemo(() => {
    const found = items.filter((field) => field.name.toLowerCase().includes(wanted.toLowerCase()));
    if (sort === "name") return found.sort((a, b) => a.name.localeCompare(b.name));
    if (sort === "last_seen")
      return found.sort((a, b) => (b.last_seen ?? "").localeCompare(a.last_seen ?? ""));
    return found.sort((a, b) => b[sort] - a[sort]);
  }, [items, wanted, sort]);
  const rows = useVirtualizer({
    count: shown.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 10,
  });
  const head = (key: Sort, label: string, number = false) => (
    <span
      role="columnheader"
      className={number ? "number" : ""}
      aria-sort={sort === key ? (key === "name" ? "ascending" : "descending") : "none"}
    >
      <button type="button" className="plain" onClick={() => props.setSort(key)}>
        {label} {sort === key && (key === "name" ? "↑" : "↓")}
      </button>
    </span>
  );
  return (
    <div
      ref={box}
      className="rows fields-list"
      role="table"
      aria-label="Fields"
      aria-rowcount={shown.length + 1}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region must be reachable by keyboard
      tabIndex={0}
    >
      <div className="rows-head field-row" role="row">
        {head("name", "Field")}
        <span role="columnheader">Type</span>
        {head("coverage", "On")}
        {head("distinct", "Values", true)}
        <span role="columnheader">Most frequent</span>
        <span role="columnheader">First seen</span>
        {head("last_seen", "Last seen")}
      </div>
      <div style={{ height: rows.getTotalSize(), position: "relative" }} role="rowgroup">
        {rows.getVirtualItems().map((row) => {
          const field = shown[row.index] as Field;
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the name in the row is a button
            <div
              key={field.name}
              role="row"
              className="rows-row field-row"
              style={{ height: ROW, transform: `translateY(${row.start}px)` }}
              onClick={() => go("fields", { field: field.name })}
            >
              <span role="cell" className="row">
                <button type="button" className="plain link-text clip">
                  {clip(field.name, 80)}
                </button>
                {field.look_alikes.length > 0 && (
                  <Tooltip label={`Looks like ${field.look_alikes.map((one) => clip(one, 40)).join(", ")}`}>
                    <IconAlertTriangle
                      size={15}
                      className="warn"
                      role="img"
                      aria-label="there is a field of a similar name"
                    />
                  </Tooltip>
                )}
              </span>
              <span role="cell">
                <Types field={field} />
              </span>
              <span role="cell" title={exact(field.inferences)}>
                <Share value={field.coverage} />
                {percent(field.coverage)}
              </span>
              <span role="cell" className="number">
                {exact(field.distinct)}
              </span>
              <span role="cell" className="row clip" style={{ gap: 4 }}>
                {field.top_values.slice(0, 4).map(({ value, count }) => (
                  <span className="tag" key={value} title={exact(count)}>
                    <span
                      className="swatch"
                      style={{ background: colourOf(fieldName(field.name), value) }}
                      aria-hidden
                    />
                    <Value name={fieldName(field.name)} value={value} size={22} />
                  </span>
                ))}
              </span>
              <span role="cell" className="soft clip" title={moment(field.first_seen)}>
                {ago(field.first_seen)}
              </span>
              <span role="cell" className="soft clip" title={moment(field.last_seen)}>
                {ago(field.last_seen)}
              </span>
            </div>
          );
        })}
      </div>
    </div>
  );
}

function Types({ field }: { field: Field }) {
  const others = Object.entries(field.types).filter(([type, count]) => type !== field.type && count > 0);
  return (
    <Tooltip
      disabled={others.length === 0}
      label={`mixed: ${Object.entries(field.types)
        .map(([type, count]) => `${type} ${exact(count)}`)
        .join(", ")}`}
    >
      <Badge size="sm" variant="default" radius="sm" tt="none" fw={500}>
        {field.type}
        {others.length > 0 && " *"}
      </Badge>
    </Tooltip>
  );
}

const COVERAGE: Measure<"confidence"> = {
  key: "confidence",
  label: "Coverage",
  write: (value) => percent(value, 0),
  sums: false,
  within: [0, 1],
};

function FieldPage({ field: name }: { field: string }) {
  const { view, change, go } = useView();
  const fields = useQuestion<FieldsAnswer>("fields");
  const field = fields.data?.items.find((one) => one.name === name);
  const canonical = fieldName(name);
  const all = useQuestion<Series>("series", { measures: named("inferences") });
  const having = useQuestion<Series>(
    "series",
    {
      bucket: all.data?.bucket,
      measures: named("inferences"),
      filter: append(view.filter ?? "", `has:${quote(canonical)}`),
    },
    { enabled: all.data !== undefined },
  );
  const measure = seriesMeasure(view.measure);
  return (
    <main className="page">
      <div className="page-title">
        <button type="button" className="plain link-text" onClick={() => change({ field: undefined })}>
          Fields
        </button>
        <span className="soft">/</span>
        <h1 className="clip">{clip(name, 80)}</h1>
        {field && <Types field={field} />}
        {field && (
          <span className="soft clip">
            {exact(field.distinct)} values on {percent(field.coverage)} · first {ago(field.first_seen)}, last{" "}
            {ago(field.last_seen)}
          </span>
        )}
        <span className="grow" />
        <Button
          size="xs"
          variant="default"
          leftSection={<IconChartBar size={14} />}
          onClick={() => go("explore", { by: canonical })}
        >
          Explore
        </Button>
        <Button
          size="xs"
          leftSection={<IconPhotoSearch size={14} />}
          onClick={() => go("inferences", { filter: append(view.filter ?? "", `has:${quote(canonical)}`) })}
        >
          Inferences with it
        </Button>
      </div>
      <div className="under-title">
        <FilterBar error={fields.error} />
      </div>
      {field && field.look_alikes.length > 0 && (
        <p className="look-alikes" role="note">
          <IconAlertTriangle size={15} className="warn" aria-hidden /> Looks like{" "}
          {field.look_alikes.map((other) => (
            <button
              type="button"
              key={other}
              className="plain link-text"
              onClick={() => change({ field: other })}
            >
              {clip(other, 60)}{" "}
            </button>
          ))}
          : names are told apart by case and spelling.
        </p>
      )}
      <div className="grid">
        <TimePanel measure={measure.key} split={canonical} choose className="span-8" height={220} />
        <section className="panel span-4" aria-label="Coverage through time">
          <header>
            <h2>Coverage through time</h2>
          </header>
          <div className="body">
            <Answer query={having} height={220}>
              {(data) => <TimeChart data={shareOf(data, all.data)} measure={COVERAGE} height={220} />}
            </Answer>
          </div>
        </section>
        <Values name={canonical} />
      </div>
    </main>
  );
}

/** Of the inferences in each bucket, which share is among `part`. */
function shareOf(part: Series, all: Series | undefined): Series {
  const whole = new Map(all?.buckets.map((start, index) => [start, all.items[0]?.inferences[index] ?? 0]));
  const item = part.items[0];
  if (!item) return part;
  const share = part.buckets.map((start, index) => {
    const total = whole.get(start) ?? 0;
    return total ? Math.min(1, (item.inferences[index] ?? 0) / total) : null;
  });
  return { ...part, items: [{ ...item, confidence: share }] };
}

function Values({ name }: { name: string }) {
  const groups = useQuestion<Groups>("groups", { by: writeNames([name]), limit: 100 });
  return (
    <Panel title="Values" label="Values" query={groups} className="span-12" flush height={200}>
      {(data) => (
        <table className="list">
          <thead>
            <tr>
              <th>Value</th>
              <th>Inferences</th>
              <th className="number">Detections</th>
              <th className="number">Mean confidence</th>
              <th className="number">Median</th>
              <th className="number">Time p50</th>
              <th className="number">p95</th>
              <th className="number">Errors</th>
            </tr>
          </thead>
          <tbody>
            {data.items.map((row) => (
              <tr key={row.values[0] ?? "\0"}>
                <td>
                  <span className="row">
                    <span
                      className="swatch"
                      style={{ background: colourOf(name, row.values[0] ?? null) }}
                      aria-hidden
                    />
                    <Value name={name} value={row.values[0] ?? null}>
                      {row.values[0] === null ? <span className="soft">(missing)</span> : undefined}
                    </Value>
                  </span>
                </td>
                <td title={exact(row.inferences)}>
                  <Share value={row.share} />
                  {exact(row.inferences)} <span className="soft">{percent(row.share)}</span>
                </td>
                <td className="number">{exact(row.detections)}</td>
                <td className="number">{confidence(row.confidence)}</td>
                <td className="number">{confidence(row.confidence_median)}</td>
                <td className="number">{duration(row.latency_p50)}</td>
                <td className="number">{duration(row.latency_p95)}</td>
                <td className={`number ${row.errors ? "bad" : "soft"}`}>{exact(row.errors)}</td>
              </tr>
            ))}
            {data.other && (
              <tr>
                <td className="soft">{exact(data.total_groups - data.items.length)} others</td>
                <td>
                  <Share value={data.other.share} />
                  {exact(data.other.inferences)} <span className="soft">{percent(data.other.share)}</span>
                </td>
                <td className="number">{exact(data.other.detections)}</td>
                <td className="number">{confidence(data.other.confidence)}</td>
                <td colSpan={4} />
              </tr>
            )}
          </tbody>
        </table>
      )}
    </Panel>
  );
}
