// One facet: its values with bars and counts, or a histogram with a slider.
import { ActionIcon, Checkbox, RangeSlider, TextInput } from "@mantine/core";
import {
  IconArrowUp,
  IconChartBar,
  IconChevronDown,
  IconChevronRight,
  IconClockExclamation,
  IconPin,
  IconPinnedFilled,
} from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useQuestion } from "../api/questions";
import type { Facet as FacetData, Groups } from "../api/types";
import { useView } from "../app/view";
import { colourOf } from "../charts/colours";
import {
  asksMissing,
  bounds,
  chosen,
  join,
  setBounds,
  split,
  toggleMissing,
  toggleValue,
} from "../filter/conditions";
import { clip, exact, short } from "../parts/format";
import { writeNames } from "../parts/names";
import { Bone } from "../parts/Panel";
import type { FacetState } from "./facetAnswers";

interface Props {
  name: string;
  state: FacetState;
  failed: boolean;
  pinned: boolean;
  folded: boolean;
  pin: () => void;
  /** One place up among the pinned, where there is one. */
  raise: (() => void) | undefined;
  fold: () => void;
}

export function Facet(props: Props) {
  const { go } = useView();
  const { name, folded, state } = props;
  const [patient, setPatient] = useState(false);
  const alone = useAlone(state);
  const counted = usePatient(name, patient && state.facet?.complete === false);
  const facet = counted.data ?? alone.data ?? state.facet;
  const distinct = folded ? null : (facet?.distinct ?? null);
  return (
    <section className="facet" aria-label={name}>
      <div className="facet-head">
        <button type="button" className="plain row grow" aria-expanded={!folded} onClick={props.fold}>
          {folded ? <IconChevronRight size={13} aria-hidden /> : <IconChevronDown size={13} aria-hidden />}
          <span className="clip" title={name}>
            {clip(name, 40)}
          </span>
          {distinct !== null && distinct > 0 && <span className="soft">{short(distinct)}</span>}
        </button>
        <ActionIcon
          className="facet-tool"
          size={20}
          variant="subtle"
          color="gray"
          aria-label={`Group by ${name}`}
          onClick={() => go("explore", { by: name })}
        >
          <IconChartBar size={13} />
        </ActionIcon>
        {props.raise && (
          <ActionIcon
            className="facet-tool"
            size={20}
            variant="subtle"
            color="gray"
            aria-label={`Move ${name} up`}
            onClick={props.raise}
          >
            <IconArrowUp size={13} />
          </ActionIcon>
        )}
        <ActionIcon
          className={props.pinned ? "" : "facet-tool"}
          size={20}
          variant="subtle"
          color="gray"
          aria-label={props.pinned ? `Unpin ${name}` : `Pin ${name}`}
          onClick={props.pin}
        >
          {props.pinned ? <IconPinnedFilled size={13} /> : <IconPin size={13} />}
        </ActionIcon>
      </div>
      {!folded && (
        <div className={state.stale && facet ? "stale" : ""}>
          {facet === undefined ? (
            !props.failed && <Bone height={70} />
          ) : !facet.complete ? (
            <button type="button" className="plain facet-more soft row" onClick={() => setPatient(true)}>
              <IconClockExclamation size={14} aria-hidden />
              {alone.isFetching || counted.isFetching ? "Counting…" : "Took too long. Count anyway"}
            </button>
          ) : facet.histogram ? (
            <Histogram facet={facet} />
          ) : facet.values?.length || facet.missing ? (
            <Values facet={facet} />
          ) : (
            <p className="facet-more soft">nothing</p>
          )}
        </div>
      )}
    </section>
  );
}

/** One facet asked for by itself, for those that were cut off among the others. */
function useAlone(state: FacetState) {
  const name = state.facet?.name ?? "";
  const query = useQuestion<{ items: FacetData[] }>(
    "facets",
    { names: name, limit: 10 },
    { enabled: !state.stale && state.facet?.complete === false, live: false },
  );
  return { ...query, data: query.isPlaceholderData ? undefined : query.data?.items[0] };
}

/** Counted however long it takes, for who asks: as groups, without the conditions on the name itself. */
function usePatient(name: string, enabled: boolean) {
  const { view } = useView();
  const filter = join(
    split(view.filter ?? "")
      .filter(
        (condition) => condition.name !== name && !(condition.name === "has" && condition.values[0] === name),
      )
      .map((condition) => condition.text),
  );
  const query = useQuestion<Groups>(
    "groups",
    { by: writeNames([name]), limit: 10, filter, measures: "inferences" },
    { enabled, live: false },
  );
  const groups = enabled && !query.isPlaceholderData ? query.data : undefined;
  const values = groups?.items.filter((row) => row.values[0] !== null) ?? [];
  const missing = groups?.items.find((row) => row.values[0] === null)?.inferences ?? 0;
  const data: FacetData | undefined = groups && {
    name,
    kind: "field",
    type: "text",
    complete: true,
    milliseconds: 0,
    distinct: groups.total_groups - (missing ? 1 : 0),
    missing,
    values: values.map((row) => ({ value: row.values[0] ?? "", count: row.inferences })),
    histogram: null,
  };
  return { data, isFetching: query.isFetching };
}

function Values({ facet }: { facet: FacetData }) {
  const { view, change } = useView();
  const filter = view.filter ?? "";
  const [all, setAll] = useState(false);
  const [wanted, setWanted] = useState("");
  const more = useQuestion<{ items: FacetData[] }>(
    "facets",
    { names: facet.name, limit: 200 },
    { enabled: all },
  );
  const values = (all ? more.data?.items[0]?.values : facet.values) ?? facet.values ?? [];
  const selected = chosen(filter, facet.name);
  // What is chosen stays in sight, also when nothing of it is left.
  const gone = selected.filter((value) => !values.some((one) => one.value === value));
  const shown = [...gone.map((value) => ({ value, count: 0 })), ...values].filter(({ value }) =>
    value.toLowerCase().includes(wanted.toLowerCase()),
  );
  const most = Math.max(1, facet.missing ?? 0, ...values.map((one) => one.count));
  const set = (text: string) => change({ filter: text || undefined });
  return (
    <div>
      {all && (
        <TextInput
          size="xs"
          aria-label={`Find a value of ${facet.name}`}
          placeholder="Find a value"
          value={wanted}
          onChange={(event) => setWanted(event.currentTarget.value)}
        />
      )}
      <div className={all ? "facet-values tall" : "facet-values"}>
        {shown.map(({ value, count }) => (
          <Line
            key={value}
            label={clip(value, 60)}
            title={clip(value, 600)}
            count={count}
            most={most}
            checked={selected.includes(value)}
            colour={colourOf(facet.name, value)}
            toggle={() => set(toggleValue(filter, facet.name, value))}
          />
        ))}
        {(facet.missing ?? 0) > 0 && (
          <Line
            label="(missing)"
            count={facet.missing ?? 0}
            most={most}
            checked={asksMissing(filter, facet.name)}
            colour={colourOf(facet.name, null)}
            toggle={() => set(toggleMissing(filter, facet.name))}
          />
        )}
      </div>
      {!all && (facet.distinct ?? 0) > values.length && values.length > 0 && (
        <button type="button" className="plain facet-more soft" onClick={() => setAll(true)}>
          {exact((facet.distinct ?? 0) - values.length)} more…
        </button>
      )}
    </div>
  );
}

function Line(props: {
  label: string;
  title?: string;
  count: number;
  most: number;
  checked: boolean;
  colour: string;
  toggle: () => void;
}) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the checkbox inside is its control
    <label className="facet-line" title={props.title}>
      <span
        className="facet-bar"
        style={{ width: `${(props.count / props.most) * 100}%`, background: props.colour }}
      />
      <Checkbox
        size="xs"
        checked={props.checked}
        onChange={props.toggle}
        aria-label={`${props.label}, ${exact(props.count)}`}
      />
      <span className="clip grow">{props.label}</span>
      <span className="number soft" title={exact(props.count)}>
        {short(props.count)}
      </span>
    </label>
  );
}

function Histogram({ facet }: { facet: FacetData }) {
  const { view, change } = useView();
  const filter = view.filter ?? "";
  const { edges, counts } = facet.histogram as NonNullable<FacetData["histogram"]>;
  const low = edges[0] ?? 0;
  const high = edges.at(-1) ?? 1;
  const [from, to] = bounds(filter, facet.name);
  const [range, setRange] = useState<[number, number]>([from ?? low, to ?? high]);
  useEffect(() => setRange([from ?? low, to ?? high]), [from, to, low, high]);
  const most = Math.max(1, ...counts);
  const step = (high - low) / 200 || 1;
  const write = (value: number) => Number(value.toPrecision(4));
  const finish = ([a, b]: [number, number]) =>
    change({
      filter:
        setBounds(
          filter,
          facet.name,
          a <= low + step / 2 ? null : write(a),
          b >= high - step / 2 ? null : write(b),
        ) || undefined,
    });
  const across = 100 / counts.length;
  return (
    <div className="facet-histogram">
      <svg viewBox="0 0 100 30" preserveAspectRatio="none" width="100%" height={34} aria-hidden>
        {counts.map((count, index) => {
          const height = count ? Math.max(0.8, (count / most) * 30) : 0;
          const middle = ((edges[index] ?? 0) + (edges[index + 1] ?? 0)) / 2;
          const inside = middle >= range[0] && middle <= range[1];
          return (
            <rect
              key={edges[index]}
              x={index * across + across * 0.06}
              width={across * 0.88}
              y={30 - height}
              height={height}
              className={inside ? "inside" : "outside"}
            />
          );
        })}
      </svg>
      <RangeSlider
        size={2}
        thumbSize={12}
        min={low}
        max={high}
        step={step}
        minRange={0}
        label={(value) => write(value)}
        value={range}
        onChange={setRange}
        onChangeEnd={finish}
        thumbFromLabel={`${facet.name} from`}
        thumbToLabel={`${facet.name} to`}
      />
      <div className="row soft">
        <span className="grow">{write(range[0])}</span>
        <span>{write(range[1])}</span>
      </div>
      {(facet.missing ?? 0) > 0 && (
        <Line
          label="(missing)"
          count={facet.missing ?? 0}
          most={Math.max(facet.missing ?? 0, ...counts)}
          checked={asksMissing(filter, facet.name)}
          colour={colourOf(facet.name, null)}
          toggle={() => change({ filter: toggleMissing(filter, facet.name) || undefined })}
        />
      )}
    </div>
  );
}
