// All models, or one: its totals, what it detects, how sure and how fast it is, on which devices, against its versions.
import { Button } from "@mantine/core";
import { IconPhotoSearch } from "@tabler/icons-react";
import { useQuestion } from "../api/questions";
import type { Facet, Groups, ModelRow } from "../api/types";
import { useView } from "../app/view";
import { colourOf } from "../charts/colours";
import { append, filterFor, quote } from "../filter/conditions";
import { FilterBar } from "../filter/FilterBar";
import { ago, confidence, duration, exact, moment, percent, short } from "../parts/format";
import { Bone, Panel } from "../parts/Panel";
import { Change, relative, Share } from "../parts/Small";
import { Tiles } from "../parts/Tiles";
import { TimePanel } from "../parts/TimePanel";
import { Value } from "../parts/Value";
import "./pages.css";

export function Models() {
  const { view } = useView();
  return view.model ? <Model model={view.model} /> : <All />;
}

function All() {
  const { go } = useView();
  const models = useQuestion<{ items: ModelRow[] }>("models");
  return (
    <main className="page">
      <div className="page-title">
        <h1>Models</h1>
      </div>
      <div className="under-title">
        <FilterBar error={models.error} />
      </div>
      <Panel query={models} flush height={220} label="Models">
        {(data) => (
          <table className="list">
            <thead>
              <tr>
                <th>Model</th>
                <th>Task</th>
                <th>Inferences</th>
                <th className="number">Change</th>
                <th className="number">Detections</th>
                <th className="number">Confidence</th>
                <th className="number">Time</th>
                <th className="number">Errors</th>
                <th>Classes</th>
                <th>Last seen</th>
              </tr>
            </thead>
            <tbody>
              {data.items.map((row) => (
                <tr
                  key={row.model}
                  className="link"
                  onClick={() => go("models", { model: row.model ?? undefined })}
                >
                  <td>
                    <span className="row">
                      <span
                        className="swatch"
                        style={{ background: colourOf("model", row.model) }}
                        aria-hidden
                      />
                      <button type="button" className="plain link-text">
                        {row.model ?? "(unknown)"}
                      </button>
                    </span>
                  </td>
                  <td className="soft">{row.task}</td>
                  <td title={exact(row.inferences)}>
                    <Share value={row.share} colour={colourOf("model", row.model)} />
                    {short(row.inferences)}
                  </td>
                  <td className="number">
                    <Change value={relative(row.inferences, row.previous_inferences)} />
                  </td>
                  <td className="number">{short(row.detections)}</td>
                  <td className="number">{confidence(row.confidence)}</td>
                  <td className="number">{duration(row.latency)}</td>
                  <td className={`number ${row.errors ? "bad" : "soft"}`}>{exact(row.errors)}</td>
                  <td>
                    <span className="row" style={{ gap: 4 }}>
                      {row.classes.slice(0, 4).map((one) => (
                        <span className="tag" key={one.class}>
                          <span
                            className="swatch"
                            style={{ background: colourOf("class", one.class) }}
                            aria-hidden
                          />
                          {one.class} <span className="soft">{percent(one.share, 0)}</span>
                        </span>
                      ))}
                    </span>
                  </td>
                  <td className="soft" title={moment(row.last_seen)}>
                    {ago(row.last_seen)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Panel>
    </main>
  );
}

function Model({ model }: { model: string }) {
  const { view, change, go } = useView();
  const filter = append(view.filter ?? "", `model:${quote(model)}`);
  const models = useQuestion<{ items: ModelRow[] }>("models");
  const row = models.data?.items.find((one) => one.model === model);
  const versions =
    models.data?.items.filter((one) => one.project !== null && one.project === row?.project) ?? [];
  return (
    <main className="page">
      <div className="page-title">
        <button type="button" className="plain link-text" onClick={() => change({ model: undefined })}>
          Models
        </button>
        <span className="soft">/</span>
        <h1>{model}</h1>
        {row && (
          <span className="soft">
            {row.task} · {moment(row.first_seen, false)} to {ago(row.last_seen)}
          </span>
        )}
        <span className="grow" />
        <Button
          size="xs"
          leftSection={<IconPhotoSearch size={14} />}
          onClick={() => go("inferences", { filter: filterFor(view.filter ?? "", "model", model) })}
        >
          See all inferences
        </Button>
      </div>
      <div className="under-title">
        <FilterBar error={models.error} />
      </div>
      <div className="grid">
        <Tiles filter={filter} />
        <TimePanel measure="detections" split="class" filter={filter} />
        <TimePanel measure="confidence" split={view.split ?? "device"} filter={filter} />
        <Classes model={model} />
        <ConfidencePanel filter={filter} classes={(row?.classes ?? []).map((one) => one.class)} />
        <TimePanel measure="latency_p50" split={undefined} filter={filter} height={150} className="span-4" />
        <TimePanel measure="latency_p95" split={undefined} filter={filter} height={150} className="span-4" />
        <TimePanel measure="errors" split={undefined} filter={filter} height={150} className="span-4" />
        <GroupTable title="Devices" by="device" filter={filter} />
        <Panel title="Versions" label="Versions" query={models} className="span-6" flush>
          {() => <Versions rows={versions.length ? versions : row ? [row] : []} current={model} />}
        </Panel>
      </div>
    </main>
  );
}

function Classes({ model }: { model: string }) {
  const models = useQuestion<{ items: ModelRow[] }>("models");
  return (
    <Panel
      title="Detections by class"
      label="Detections by class"
      query={models}
      className="span-6"
      flush
      height={170}
    >
      {(data) => {
        const row = data.items.find((one) => one.model === model);
        if (!row || row.classes.length === 0)
          return <p className="nothing">Nothing was detected in this time range</p>;
        return (
          <table className="list">
            <thead>
              <tr>
                <th>Class</th>
                <th>Share of detections</th>
                <th className="number">Detections</th>
                <th className="number">Inferences</th>
                <th className="number">Confidence</th>
              </tr>
            </thead>
            <tbody>
              {row.classes.slice(0, 15).map((one) => (
                <tr key={one.class}>
                  <td>
                    <span className="row">
                      <span
                        className="swatch"
                        style={{ background: colourOf("class", one.class) }}
                        aria-hidden
                      />
                      <Value name="class" value={one.class} />
                    </span>
                  </td>
                  <td>
                    <Share value={one.share} colour={colourOf("class", one.class)} />
                    {percent(one.share)}
                  </td>
                  <td className="number">{exact(one.detections)}</td>
                  <td className="number">{exact(one.inferences)}</td>
                  <td className="number">{confidence(one.confidence)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        );
      }}
    </Panel>
  );
}

/** How sure it is, over all its inferences and for each class. */
function ConfidencePanel({ filter, classes }: { filter: string; classes: string[] }) {
  const facets = useQuestion<{ items: Facet[] }>("facets", { names: "confidence", filter });
  return (
    <Panel
      title="Confidence (mean of an inference)"
      label="Confidence"
      query={facets}
      className="span-6"
      height={170}
    >
      {(data) => (
        <div className="histograms">
          {data.items[0]?.histogram ? (
            <Histogram label="all" histogram={data.items[0].histogram} />
          ) : (
            <Uncounted facet={data.items[0]} again={() => facets.refetch()} />
          )}
          {classes.slice(0, 5).map((name) => (
            <ClassHistogram key={name} value={name} filter={filter} />
          ))}
        </div>
      )}
    </Panel>
  );
}

function Uncounted({ facet, again }: { facet: Facet | undefined; again: () => unknown }) {
  if (!facet || facet.complete) return <p className="soft">too few to show</p>;
  return (
    <button type="button" className="plain value soft" onClick={again}>
      Took too long. Count again
    </button>
  );
}

function ClassHistogram({ value, filter }: { value: string; filter: string }) {
  const facets = useQuestion<{ items: Facet[] }>("facets", {
    names: "confidence",
    filter: append(filter, `class:${quote(value)}`),
  });
  const histogram = facets.data?.items[0]?.histogram;
  if (!facets.data) return <Bone height={70} />;
  return histogram ? (
    <Histogram label={value} histogram={histogram} colour={colourOf("class", value)} />
  ) : (
    <Uncounted facet={facets.data.items[0]} again={() => facets.refetch()} />
  );
}

function Histogram(props: { label: string; histogram: NonNullable<Facet["histogram"]>; colour?: string }) {
  const { edges, counts } = props.histogram;
  const most = Math.max(1, ...counts);
  const x = (value: number) => Math.max(0, Math.min(100, value * 100));
  return (
    <figure>
      <svg
        viewBox="0 0 100 30"
        preserveAspectRatio="none"
        width="100%"
        height={52}
        role="img"
        aria-label={`Confidence of ${props.label}`}
      >
        {counts.map((count, index) => {
          const [from, to] = [x(edges[index] ?? 0), x(edges[index + 1] ?? 1)];
          const height = (count / most) * 29;
          return (
            <rect
              key={edges[index]}
              x={from}
              width={Math.max(0.3, to - from - 0.3)}
              y={30 - height}
              height={height}
              fill={props.colour ?? "var(--accent)"}
            >
              <title>{`${edges[index]?.toFixed(2)} – ${edges[index + 1]?.toFixed(2)}: ${exact(count)}`}</title>
            </rect>
          );
        })}
        <line x1={0} x2={100} y1={29.8} y2={29.8} stroke="var(--line)" vectorEffect="non-scaling-stroke" />
      </svg>
      <figcaption className="row soft">
        <span>0</span>
        <span className="grow clip">{props.label}</span>
        <span>1</span>
      </figcaption>
    </figure>
  );
}

function GroupTable({ title, by, filter }: { title: string; by: string; filter: string }) {
  const groups = useQuestion<Groups>("groups", { by, filter, limit: 12 });
  return (
    <Panel title={title} label={title} query={groups} className="span-6" flush height={170}>
      {(data) => (
        <table className="list">
          <thead>
            <tr>
              <th>{title.slice(0, -1)}</th>
              <th>Inferences</th>
              <th className="number">Mean</th>
              <th className="number">Median confidence</th>
              <th className="number">Time p50</th>
              <th className="number">p95</th>
              <th className="number">Errors</th>
            </tr>
          </thead>
          <tbody>
            {data.items.map((row) => (
              <tr key={row.values[0]}>
                <td>
                  <Value name={by} value={row.values[0] ?? null} />
                </td>
                <td title={exact(row.inferences)}>
                  <Share value={row.share} />
                  {short(row.inferences)}
                </td>
                <td className="number">{confidence(row.confidence)}</td>
                <td className="number">{confidence(row.confidence_median)}</td>
                <td className="number">{duration(row.latency_p50)}</td>
                <td className="number">{duration(row.latency_p95)}</td>
                <td className={`number ${row.errors ? "bad" : "soft"}`}>{exact(row.errors)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

function Versions({ rows, current }: { rows: ModelRow[]; current: string }) {
  const { change } = useView();
  return (
    <table className="list">
      <thead>
        <tr>
          <th>Version</th>
          <th className="number">Inferences</th>
          <th className="number">Confidence</th>
          <th className="number">Time</th>
          <th className="number">Errors</th>
          <th>Last seen</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.model}>
            <td>
              <button
                type="button"
                className="plain link-text"
                disabled={row.model === current}
                onClick={() => change({ model: row.model ?? undefined })}
              >
                {row.version ?? row.model} {row.model === current && <span className="soft">(this)</span>}
              </button>
            </td>
            <td className="number">{short(row.inferences)}</td>
            <td className="number">{confidence(row.confidence)}</td>
            <td className="number">{duration(row.latency)}</td>
            <td className="number">{percent(row.inferences ? row.errors / row.inferences : 0)}</td>
            <td className="soft">{ago(row.last_seen)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
