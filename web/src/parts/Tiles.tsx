// The four totals with their change against the period before and a sparkline each.
import { useQuestion } from "../api/questions";
import type { Series, Summary } from "../api/types";
import { useView } from "../app/view";
import { BAD } from "../charts/colours";
import { confidence, duration, exact, short } from "./format";
import { Answer, Bone } from "./Panel";
import { Change, Sparkline } from "./Small";

const figure = (value: number) => (value < 1_000_000 ? exact(value) : short(value));

export function Tiles({ filter }: { filter?: string }) {
  const { view, change } = useView();
  const parameters = filter === undefined ? {} : { filter };
  const summary = useQuestion<Summary>("summary", parameters);
  const series = useQuestion<Series>("series", parameters);
  const line = series.data?.items[0];
  const tiles = [
    {
      key: "inferences",
      label: "Inferences",
      value: (data: Summary) => figure(data.current.inferences),
      hover: (data: Summary) =>
        `${exact(data.current.inferences)}, before: ${exact(data.previous.inferences)}`,
      change: (data: Summary) => <Change value={data.change.inferences} />,
      spark: line?.inferences,
    },
    {
      key: "confidence",
      label: "Mean confidence",
      value: (data: Summary) => confidence(data.current.confidence),
      hover: (data: Summary) => `before: ${confidence(data.previous.confidence)}`,
      change: (data: Summary) => <Change value={data.change.confidence} better="up" />,
      spark: line?.confidence,
    },
    {
      key: "latency",
      label: "Mean inference time",
      value: (data: Summary) => duration(data.current.latency),
      hover: (data: Summary) => `before: ${duration(data.previous.latency)}`,
      change: (data: Summary) => <Change value={data.change.latency} better="down" />,
      spark: line?.latency_p50,
    },
    {
      key: "errors",
      label: "Errors",
      value: (data: Summary) => figure(data.current.errors),
      hover: (data: Summary) => `${exact(data.current.errors)}, before: ${exact(data.previous.errors)}`,
      change: (data: Summary) =>
        data.current.errors === 0 && data.previous.errors === 0 ? (
          <span className="soft">none before</span>
        ) : (
          <Change value={data.change.errors} better="down" />
        ),
      spark: line?.errors,
      colour: BAD,
    },
  ];
  return (
    <>
      {tiles.map((tile) => (
        <section
          key={tile.key}
          className={`panel span-3 tile ${summary.isPlaceholderData ? "stale" : ""}`}
          aria-label={tile.label}
        >
          <span className="soft">{tile.label}</span>
          <Answer query={summary} height={52}>
            {(data) => (
              <button
                type="button"
                className="plain figure"
                title={`${tile.hover(data)} (the period since ${data.previous_start})`}
                onClick={() => change({ measure: tile.key === "latency" ? "latency_p50" : tile.key })}
                aria-pressed={(view.measure ?? "inferences") === tile.key}
              >
                <b>{tile.value(data)}</b> {tile.change(data)}
              </button>
            )}
          </Answer>
          {tile.spark ? <Sparkline values={tile.spark} colour={tile.colour} /> : <Bone height={30} />}
        </section>
      ))}
    </>
  );
}
