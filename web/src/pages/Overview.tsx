// How things stand: totals, volume, models, devices, and what could not be understood.
import { useQuestion, useWhole } from "../api/questions";
import type { Device, ModelRow, Rejected, Summary, Waiting } from "../api/types";
import { useView } from "../app/view";
import { colourOf } from "../charts/colours";
import { filterFor } from "../filter/conditions";
import { FilterBar } from "../filter/FilterBar";
import { ago, clip, confidence, duration, exact, moment, short } from "../parts/format";
import { seriesMeasure } from "../parts/measures";
import { Nothing } from "../parts/Nothing";
import { Panel } from "../parts/Panel";
import { Change, relative, Share } from "../parts/Small";
import { Tiles } from "../parts/Tiles";
import { TimePanel } from "../parts/TimePanel";
import "./pages.css";

export function Overview() {
  const { view } = useView();
  const summary = useQuestion<Summary>("summary");
  const split = view.split === "none" ? undefined : (view.split ?? "model");
  const empty = summary.data && !summary.isPlaceholderData && summary.data.current.inferences === 0;
  return (
    <main className="page">
      <div className="page-title">
        <h1>Overview</h1>
        <span className="grow" />
      </div>
      <div className="under-title">
        <FilterBar error={summary.error} />
      </div>
      {empty ? (
        <section className="panel">
          <Nothing />
        </section>
      ) : (
        <div className="grid">
          <Tiles />
          <TimePanel
            measure={seriesMeasure(view.measure).key}
            split={split}
            choose
            className="span-12"
            height={210}
          />
          <ModelsPanel />
          <DevicesPanel />
        </div>
      )}
      <div className="grid" style={{ marginTop: 12 }}>
        <Problems />
      </div>
    </main>
  );
}

function ModelsPanel() {
  const { go } = useView();
  const models = useQuestion<{ items: ModelRow[] }>("models");
  return (
    <Panel title="Models" label="Models" className="span-7" query={models} flush height={180}>
      {(data) => (
        <table className="list">
          <thead>
            <tr>
              <th>Model</th>
              <th>Inferences</th>
              <th className="number">Change</th>
              <th className="number">Confidence</th>
              <th className="number">Time</th>
              <th className="number">Errors</th>
            </tr>
          </thead>
          <tbody>
            {data.items.slice(0, 12).map((row) => (
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
                    <button type="button" className="plain link-text clip">
                      {row.model ?? "(unknown)"}
                    </button>
                    <span className="soft clip">{row.task}</span>
                  </span>
                </td>
                <td title={exact(row.inferences)}>
                  <Share value={row.share} colour={colourOf("model", row.model)} />
                  {short(row.inferences)}
                </td>
                <td className="number">
                  <Change value={relative(row.inferences, row.previous_inferences)} />
                </td>
                <td className="number">{confidence(row.confidence)}</td>
                <td className="number">{duration(row.latency)}</td>
                <td className={`number ${row.errors ? "bad" : "soft"}`}>{exact(row.errors)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

function DevicesPanel() {
  const { view, change, go } = useView();
  const devices = useQuestion<{ items: Device[] }>("devices");
  return (
    <Panel
      title={
        devices.data
          ? `Devices: ${devices.data.items.filter((one) => one.online).length} online of ${devices.data.items.length}`
          : "Devices"
      }
      label="Devices"
      className="span-5"
      query={devices}
      height={180}
    >
      {(data) => (
        <div className="devices">
          {[...data.items]
            .sort((a, b) => Number(a.online) - Number(b.online) || (a.confidence ?? 2) - (b.confidence ?? 2))
            .slice(0, 60)
            .map((device) => (
              <button
                type="button"
                key={device.device}
                className="plain device"
                data-offline={device.online ? undefined : ""}
                title={[
                  device.device,
                  device.online
                    ? "online"
                    : `silent since ${moment(device.last_heartbeat ?? device.last_inference)}`,
                  `${exact(device.inferences)} inferences, ${exact(device.errors)} errors`,
                  `confidence ${confidence(device.confidence)}, median ${confidence(device.confidence_median)}`,
                  `server ${device.versions.join(", ")}`,
                ].join("\n")}
                onClick={() =>
                  change({
                    filter: filterFor(view.filter ?? "", "device", device.device),
                    measure: "confidence",
                  })
                }
              >
                <span className="row">
                  <span className={`dot ${device.online ? "on" : "off"}`} aria-hidden />
                  <span className="clip grow">{clip(device.device, 30)}</span>
                </span>
                <span className="row soft">
                  <span className="grow">
                    {device.online
                      ? short(device.inferences)
                      : ago(device.last_heartbeat ?? device.last_inference)}
                  </span>
                  <span>{confidence(device.confidence)}</span>
                </span>
              </button>
            ))}
          <p className="soft wide">
            Offline first, then by confidence.{" "}
            <button
              type="button"
              className="plain value"
              onClick={() => go("explore", { by: "device", measure: "confidence" })}
            >
              Compare all
            </button>
          </p>
        </div>
      )}
    </Panel>
  );
}

function Problems() {
  const waiting = useWhole<Waiting>("waiting", { limit: 5 }, { interval: 30_000 });
  const rejected = useWhole<Rejected>("rejected", { limit: 5 }, { interval: 30_000 });
  return (
    <>
      <Panel
        title="Values that wait for their inference"
        label="Waiting"
        className="span-6"
        query={waiting}
        flush
        height={70}
      >
        {(data) =>
          data.values === 0 ? (
            <p className="soft none">None: every attached value has found its inference.</p>
          ) : (
            <>
              <p className="soft none">
                {exact(data.values)} values of {exact(data.ids)} ids, the oldest {ago(data.oldest)}
              </p>
              <table className="list">
                <tbody>
                  {data.items.slice(0, 5).map((item) => (
                    <tr key={`${item.inference_id} ${item.field_name}`}>
                      <td>
                        <code>{clip(item.inference_id, 40)}</code>
                      </td>
                      <td>
                        {clip(item.field_name, 40)} = {clip(item.field_value ?? "", 40)}
                      </td>
                      <td className="soft">{ago(item.time)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </>
          )
        }
      </Panel>
      <Panel
        title="Reports that could not be understood"
        label="Rejected"
        className="span-6"
        query={rejected}
        flush
        height={70}
      >
        {(data) =>
          data.total === 0 ? (
            <p className="soft none">None.</p>
          ) : (
            <>
              <p className="soft none">{exact(data.total)} in all, newest first</p>
              <table className="list">
                <tbody>
                  {data.items.slice(0, 5).map((item) => (
                    <tr key={`${item.time} ${item.where}`} title={clip(item.excerpt, 600)}>
                      <td className="soft">{ago(item.time)}</td>
                      <td>{item.door}</td>
                      <td>
                        {item.reason} <code className="soft">{item.where}</code>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </>
          )
        }
      </Panel>
    </>
  );
}
