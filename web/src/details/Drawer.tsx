// One inference beside its list: picture, metadata, detections, raw.
import { ActionIcon, Menu, Tabs, Tooltip } from "@mantine/core";
import { IconChevronDown, IconChevronUp, IconCopy, IconDotsVertical, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { ask, inferencePath, workspacePath } from "../api/client";
import { retry } from "../api/questions";
import type { Detection, InferenceDetails } from "../api/types";
import { useView, useWorkspace } from "../app/view";
import { download } from "../parts/download";
import { ago, confidence, duration, moment } from "../parts/format";
import { Bone, Failed } from "../parts/Panel";
import { copy, Value } from "../parts/Value";
import { Detections } from "./Detections";
import { imageAddress } from "./Drawing";
import { Metadata } from "./Metadata";
import { Picture } from "./Picture";
import "./details.css";

export function Drawer(props: {
  id: string;
  at?: string;
  place: [number, number] | null;
  step: (by: number) => void;
  close: () => void;
}) {
  const workspace = useWorkspace();
  const { view, change } = useView();
  const query = useQuery<InferenceDetails, Error>({
    queryKey: [workspace, "inference", props.id, props.at],
    queryFn: ({ signal }) =>
      ask<InferenceDetails>(inferencePath(workspace, props.id), { time: props.at }, signal),
    retry,
    placeholderData: (previous) => previous,
  });
  const [highlighted, highlight] = useState<Detection | null>(null);
  const box = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another inference has other detections
  useEffect(() => highlight(null), [props.id, props.at]);
  const item = query.data;

  return (
    <aside className="drawer" ref={box} aria-label="Inference details" aria-busy={query.isFetching}>
      <header className="row">
        <Tooltip label="Previous (k)">
          <ActionIcon
            variant="default"
            size={26}
            aria-label="Previous inference"
            onClick={() => props.step(-1)}
          >
            <IconChevronUp size={15} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label="Next (j)">
          <ActionIcon variant="default" size={26} aria-label="Next inference" onClick={() => props.step(1)}>
            <IconChevronDown size={15} />
          </ActionIcon>
        </Tooltip>
        <code className="clip grow" title={props.id}>
          {props.id}
        </code>
        <Tooltip label="Copy the inference id">
          <ActionIcon
            variant="subtle"
            color="gray"
            size={26}
            aria-label="Copy the inference id"
            onClick={() => copy(props.id)}
          >
            <IconCopy size={15} />
          </ActionIcon>
        </Tooltip>
        <More workspace={workspace} id={props.id} item={item} />
        <Tooltip label="Close (Esc)">
          <ActionIcon variant="subtle" color="gray" size={26} aria-label="Close" onClick={props.close}>
            <IconX size={16} />
          </ActionIcon>
        </Tooltip>
      </header>
      {query.error && !query.isPlaceholderData && !item && (
        <Failed error={query.error} retry={() => query.refetch()} />
      )}
      {query.isPending && (
        <div style={{ padding: 12 }}>
          <Bone height={280} />
          <Bone height={60} />
          <Bone height={160} />
        </div>
      )}
      {item && (
        <div className={`drawer-body ${query.isPlaceholderData ? "stale" : ""}`}>
          <Picture
            key={`${item.inference_id} ${item.time}`}
            workspace={workspace}
            item={item}
            highlighted={highlighted}
          />
          <Known item={item} />
          {item.others.length > 0 && <Others item={item} />}
          <Tabs
            value={view.tab ?? "metadata"}
            onChange={(tab) => change({ tab: tab === "metadata" ? undefined : (tab ?? undefined) }, true)}
            keepMounted={false}
          >
            <Tabs.List>
              <Tabs.Tab value="metadata">Metadata {Object.keys(item.metadata).length}</Tabs.Tab>
              <Tabs.Tab value="detections">Detections {item.detection_count}</Tabs.Tab>
              <Tabs.Tab value="raw">Raw</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="metadata">
              <Metadata item={item} />
            </Tabs.Panel>
            <Tabs.Panel value="detections">
              <Detections item={item} highlighted={highlighted} highlight={highlight} />
            </Tabs.Panel>
            <Tabs.Panel value="raw">
              <pre className="raw">{JSON.stringify(item, null, 2)}</pre>
            </Tabs.Panel>
          </Tabs>
        </div>
      )}
    </aside>
  );
}

function Known({ item }: { item: InferenceDetails }) {
  const lines: [string, React.ReactNode][] = [
    [
      "Time",
      <span key="time" title={`${item.time} (UTC)`}>{`${moment(item.time)} · ${ago(item.time)}`}</span>,
    ],
    ["Model", <Value key="model" name="model" value={item.model} />],
    ["Device", <Value key="device" name="device" value={item.device} />],
    ["Confidence", confidence(item.confidence)],
    ["Latency", duration(item.latency)],
    ["Task", <Value key="task" name="task" value={item.task} />],
    ["Source", <Value key="source" name="source" value={item.source} />],
    [
      "Reported by",
      [...new Set(item.reports.map((report) => report.kind.replaceAll("_", " ")))].join(", ") || "–",
    ],
  ];
  return (
    <>
      {item.error && (
        <p className="failure bad" role="note">
          {item.error}
        </p>
      )}
      <dl className="known">
        {lines.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd className="clip">{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function Others({ item }: { item: InferenceDetails }) {
  const { change } = useView();
  return (
    <p className="others soft">
      Its client used this id for {item.others.length + 1} inferences:{" "}
      {item.others.slice(0, 5).map((other) => (
        <button
          type="button"
          className="plain value"
          key={other.number}
          onClick={() => change({ at: other.time }, true)}
        >
          {moment(other.time)}{" "}
        </button>
      ))}
    </p>
  );
}

function More({
  workspace,
  id,
  item,
}: {
  workspace: string;
  id: string;
  item: InferenceDetails | undefined;
}) {
  const curl = [
    `curl -X POST '${location.origin}${workspacePath(workspace, "metadata")}'`,
    "-H 'Authorization: Bearer YOUR_API_KEY' -H 'Content-Type: application/json'",
    `-d '${JSON.stringify({ data: [{ inference_ids: [id], field_name: "field", field_value: "value" }] }).replaceAll("'", "'\\''")}'`,
  ].join(" \\\n  ");
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={26} aria-label="More">
          <IconDotsVertical size={15} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => copy(location.href)}>Copy link</Menu.Item>
        <Menu.Item onClick={() => copy(curl)}>Copy curl that attaches to it</Menu.Item>
        <Menu.Item
          disabled={!item}
          onClick={() => download(`${id}.json`, JSON.stringify(item, null, 2), "application/json")}
        >
          Download JSON
        </Menu.Item>
        {item?.image?.stored ? (
          <>
            <Menu.Item component="a" href={imageAddress(workspace, item)} download={`${id}`}>
              Download image
            </Menu.Item>
            <Menu.Item
              component="a"
              href={imageAddress(workspace, item, "/rendered")}
              download={`${id}-detections`}
            >
              Download image with detections
            </Menu.Item>
          </>
        ) : null}
      </Menu.Dropdown>
    </Menu>
  );
}
