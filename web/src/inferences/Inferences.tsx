// Find: filter bar, facets, volume, and the rows or pictures that match, with one of them open beside the list.
import { Button, SegmentedControl, Slider, Switch } from "@mantine/core";
import { IconLayoutGrid, IconLayoutSidebar, IconList } from "@tabler/icons-react";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useQuestion, useWhole } from "../api/questions";
import type { Fields, Series, Summary } from "../api/types";
import { useKeys } from "../app/keys";
import { useView } from "../app/view";
import { TimeChart } from "../charts/TimeChart";
import { Drawer } from "../details/Drawer";
import { append, split } from "../filter/conditions";
import { FilterBar } from "../filter/FilterBar";
import { exact } from "../parts/format";
import { named, seriesMeasure } from "../parts/measures";
import { Nothing } from "../parts/Nothing";
import { Answer, Bone, Failed } from "../parts/Panel";
import { SplitBy } from "../parts/SplitBy";
import { ColumnChooser } from "./ColumnChooser";
import { columnOf, DEFAULT_BUILT_IN } from "./columns";
import { Facets } from "./Facets";
import { rowKey, useFound } from "./found";
import { Gallery } from "./Gallery";
import { useRemembered } from "./remembered";
import { SelectionBar } from "./SelectionBar";
import { type Rows, Table } from "./Table";
import "./inferences.css";

// Field names may hold commas.
const writeColumn = (key: string) => key.replaceAll("\\", "\\\\").replaceAll(",", "\\,");
const readColumns = (text: string | undefined) =>
  text?.match(/(?:\\.|[^,\\])+/g)?.map((key) => key.replace(/\\(.)/g, "$1"));

function useColumns(): [string[], (keys: string[]) => void] {
  const { view, change } = useView();
  const [remembered, remember] = useRemembered<string[] | null>("columns", null);
  const fields = useWhole<Fields>("fields");
  const best = useMemo(
    () =>
      [...(fields.data?.items ?? [])]
        .sort((a, b) => b.coverage - a.coverage)
        .slice(0, 5)
        .map((field) => `metadata.${field.name}`),
    [fields.data],
  );
  const keys = readColumns(view.columns) ?? remembered ?? [...DEFAULT_BUILT_IN, ...best];
  return [
    keys,
    (next) => {
      remember(next);
      change({ columns: next.map(writeColumn).join(",") }, true);
    },
  ];
}

export function Inferences() {
  const { view, change } = useView();
  const { query, items, total: told } = useFound();
  // The rows do not wait for their exact number; the summary knows it.
  const summary = useQuestion<Summary>("summary", {}, { enabled: told?.exact === false });
  const counted = summary.isPlaceholderData ? undefined : summary.data?.current.inferences;
  const total = told?.exact === false && counted !== undefined ? { value: counted, exact: true } : told;
  const [keys, setKeys] = useColumns();
  const [facets, setFacets] = useRemembered("facets-shown", true);
  const [size, setSize] = useRemembered("gallery-size", 220);
  const [overlay, setOverlay] = useRemembered("gallery-overlay", true);
  const [cursor, setCursor] = useState(-1);
  const [selected, setSelected] = useState<Set<string>>(new Set());
  const [anchor, setAnchor] = useState(0);
  const columns = useMemo(() => keys.map(columnOf), [keys]);
  const gallery = view.layout === "gallery";
  const filterText = view.filter ?? "";
  const asksPicture = split(filterText).some((condition) => condition.text === "has:image");

  // biome-ignore lint/correctness/useExhaustiveDependencies: another question has other rows
  useEffect(() => {
    setSelected(new Set());
    setCursor(-1);
  }, [view.filter, view.start, view.end, view.order]);

  // The cursor is where the open one is, also when rows have arrived above it.
  const opened = view.open
    ? items.findIndex((item) => item.inference_id === view.open && (!view.at || item.time === view.at))
    : -1;
  const current = opened >= 0 ? opened : Math.min(cursor, items.length - 1);

  const open = (index: number) => {
    const item = items[index];
    if (!item) return;
    setCursor(index);
    change({ open: item.inference_id, at: item.time }, view.open !== undefined);
  };
  const step = (by: number) => {
    const next = Math.max(0, Math.min(items.length - 1, current + by));
    if (view.open) open(next);
    else setCursor(next);
  };
  const select = (index: number, range: boolean) => {
    const next = new Set(selected);
    const keysOf = range ? items.slice(Math.min(anchor, index), Math.max(anchor, index) + 1).map(rowKey) : [];
    if (range) for (const key of keysOf) next.add(key);
    else {
      const key = rowKey(items[index] as (typeof items)[0]);
      if (!next.delete(key)) next.add(key);
    }
    setAnchor(index);
    setSelected(next);
  };
  const selectAll = () =>
    setSelected(items.every((item) => selected.has(rowKey(item))) ? new Set() : new Set(items.map(rowKey)));
  const close = useCallback(() => change({ open: undefined, at: undefined, tab: undefined }), [change]);

  useKeys({
    j: () => step(1),
    k: () => step(-1),
    arrowdown: () => step(1),
    arrowup: () => step(-1),
    enter: () => (current >= 0 ? open(current) : false),
    x: () => current >= 0 && select(current, false),
    escape: () => (view.open ? close() : selected.size ? setSelected(new Set()) : false),
  });

  const rows: Rows = {
    items,
    more: query.hasNextPage,
    loadMore: () => void (query.isFetchingNextPage || query.fetchNextPage()),
    stale: query.isPlaceholderData,
    cursor: current,
    open,
    selected,
    select,
  };

  return (
    <main
      className="page full inferences"
      data-drawer={view.open ? "" : undefined}
      data-facets={facets ? "" : undefined}
    >
      <div className="inferences-top">
        <h1 className="hidden-text">Inferences</h1>
        <FilterBar error={query.error} />
      </div>
      {facets && <Facets />}
      <div className="inferences-middle">
        <Volume />
        <div className="row wrap results-head">
          <Button
            size="compact-xs"
            variant="default"
            leftSection={<IconLayoutSidebar size={14} />}
            aria-pressed={facets}
            onClick={() => setFacets(!facets)}
          >
            Facets
          </Button>
          <span className="grow" role="status" aria-live="polite">
            {total && !query.isPlaceholderData ? (
              <>
                Showing <b>{exact(items.length)}</b> of{" "}
                <b>
                  {total.exact ? "" : "at least "}
                  {exact(total.value)}
                </b>
              </>
            ) : (
              <span className="soft">{query.error ? "" : "Counting…"}</span>
            )}
          </span>
          {gallery && (
            <>
              <Switch
                size="xs"
                label="With a picture only"
                checked={asksPicture}
                onChange={() =>
                  change({
                    filter:
                      (asksPicture
                        ? filterText.replace(/(^|\s)has:image(?=\s|$)/, " ").trim()
                        : append(filterText, "has:image")) || undefined,
                  })
                }
              />
              <Switch
                size="xs"
                label="Overlays"
                checked={overlay}
                onChange={(event) => setOverlay(event.currentTarget.checked)}
              />
              <Slider
                w={90}
                size="sm"
                min={120}
                max={420}
                step={20}
                label={null}
                value={size}
                onChange={setSize}
                thumbLabel="Size of the pictures"
              />
            </>
          )}
          {!gallery && <ColumnChooser chosen={keys} choose={setKeys} />}
          <SegmentedControl
            size="xs"
            aria-label="Layout"
            value={gallery ? "gallery" : "table"}
            onChange={(value) => change({ layout: value === "gallery" ? value : undefined }, true)}
            data={[
              { value: "table", label: <IconList size={15} aria-label="Table" role="img" /> },
              { value: "gallery", label: <IconLayoutGrid size={15} aria-label="Gallery" role="img" /> },
            ]}
          />
        </div>
        {query.error && items.length === 0 ? (
          <Failed error={query.error} retry={() => query.refetch()} />
        ) : query.isPending ? (
          <div style={{ padding: 12 }}>
            {Array.from({ length: 12 }, (_, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: bones are all alike
              <Bone key={index} height={25} />
            ))}
          </div>
        ) : items.length === 0 ? (
          <Nothing />
        ) : gallery ? (
          <Gallery {...rows} size={size} overlay={overlay} />
        ) : (
          <Table
            {...rows}
            columns={columns}
            order={view.order ?? "newest"}
            sort={(order) => change({ order: order === "newest" ? undefined : order })}
            selectAll={selectAll}
          />
        )}
        {selected.size > 0 && (
          <SelectionBar
            items={items.filter((item) => selected.has(rowKey(item)))}
            total={total}
            clear={() => setSelected(new Set())}
          />
        )}
      </div>
      {view.open && (
        <Drawer
          id={view.open}
          at={view.at}
          place={current >= 0 ? [current, items.length] : null}
          step={step}
          close={close}
        />
      )}
    </main>
  );
}

function Volume() {
  const { view, change } = useView();
  const measure = seriesMeasure(view.measure);
  const series = useQuestion<Series>("series", { split: view.split, top: 8, measures: named(measure.key) });
  return (
    <section className="volume" aria-label="Volume" aria-busy={series.isFetching}>
      <div className={`grow ${series.isPlaceholderData ? "stale" : ""}`}>
        <Answer query={series} height={92}>
          {(data) => (
            <TimeChart data={data} measure={measure} name={data.split ?? undefined} bars height={92} />
          )}
        </Answer>
      </div>
      <SplitBy value={view.split} choose={(name) => change({ split: name }, true)} />
    </section>
  );
}
