// A measure through time, split by what the view splits by.
import { Select } from "@mantine/core";
import { useQuestion } from "../api/questions";
import type { Series } from "../api/types";
import { useView } from "../app/view";
import { TimeChart } from "../charts/TimeChart";
import { named, SERIES_MEASURES, type SeriesKey, seriesMeasure } from "./measures";
import { Panel } from "./Panel";
import { SplitBy } from "./SplitBy";

export function TimePanel(props: {
  measure: SeriesKey;
  split: string | undefined;
  filter?: string;
  /** Give the reader the choice of measure and split; both are kept in the address. */
  choose?: boolean;
  className?: string;
  height?: number;
}) {
  const { change } = useView();
  const measure = seriesMeasure(props.measure);
  const series = useQuestion<Series>("series", {
    split: props.split,
    top: 8,
    measures: named(measure.key),
    ...(props.filter === undefined ? {} : { filter: props.filter }),
  });
  const height = props.height ?? 190;
  return (
    <Panel
      title={`${measure.label} through time`}
      label={`${measure.label} through time`}
      className={props.className ?? "span-6"}
      query={series}
      height={height}
      actions={
        props.choose && (
          <>
            <Select
              size="xs"
              w={150}
              aria-label="Measure"
              data={SERIES_MEASURES.map((one) => ({ value: one.key, label: one.label }))}
              value={measure.key}
              allowDeselect={false}
              onChange={(key) => change({ measure: key ?? undefined }, true)}
            />
            <SplitBy value={props.split} choose={(name) => change({ split: name ?? "none" }, true)} />
          </>
        )
      }
    >
      {(data) => (
        <TimeChart
          data={data}
          measure={measure}
          name={data.split ?? undefined}
          bars={measure.sums}
          height={height}
        />
      )}
    </Panel>
  );
}
