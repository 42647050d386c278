// What can be done with the selected inferences, or with all that match.
import { Autocomplete, Button, Modal, TextInput } from "@mantine/core";
import { IconDownload, IconTag, IconX } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ask, send, workspacePath } from "../api/client";
import { useWhole } from "../api/questions";
import type { Attached, Fields, Found, Inference } from "../api/types";
import { useView, useWorkspace } from "../app/view";
import { download, writeCsv } from "../parts/download";
import { exact } from "../parts/format";

/** More than this is a job for the command line. */
const MOST = 10_000;
const PAGE = 1000;

export function SelectionBar(props: { items: Inference[]; total: Found["total"] | null; clear: () => void }) {
  const workspace = useWorkspace();
  const { view } = useView();
  const [all, setAll] = useState(false);
  const [attaching, setAttaching] = useState(false);
  const [progress, setProgress] = useState<string | null>(null);
  const total = props.total?.value ?? 0;
  const count = all ? Math.min(total, MOST) : props.items.length;

  /** The selected ones, or all that match, page after page. */
  async function collect(): Promise<Inference[]> {
    if (!all) return props.items;
    const found: Inference[] = [];
    let cursor: string | null = null;
    do {
      const page: Found = await ask<Found>(workspacePath(workspace, "inferences"), {
        start: view.start,
        end: view.end,
        filter: view.filter,
        order: view.order,
        limit: PAGE,
        cursor,
      });
      found.push(...page.items);
      cursor = page.next_cursor;
      setProgress(`${exact(found.length)} of ${exact(Math.min(total, MOST))}`);
    } while (cursor && found.length < MOST);
    return found.slice(0, MOST);
  }

  async function exportCsv() {
    setProgress("Reading…");
    try {
      const items = await collect();
      const fields = [...new Set(items.flatMap((item) => Object.keys(item.metadata)))].sort();
      const head = ["inference_id", "time", "model", "device", "latency", "confidence", "error", "classes"];
      const rows = items.map((item) => [
        item.inference_id,
        item.time,
        item.model,
        item.device,
        item.latency,
        item.confidence,
        item.error,
        item.detections.map((one) => one.class).join(" "),
        ...fields.map((field) => item.metadata[field] ?? null),
      ]);
      download("inferences.csv", writeCsv([...head, ...fields], rows), "text/csv");
      setProgress(null);
    } catch (failure) {
      setProgress((failure as Error).message);
    }
  }

  return (
    <section className="selection" aria-label="Selection">
      <b>{all ? `All ${exact(count)} that match` : `${exact(count)} selected`}</b>
      {!all && total > props.items.length && (
        <Button size="compact-xs" variant="subtle" onClick={() => setAll(true)}>
          Select all {exact(total)} that match{total > MOST ? ` (the first ${exact(MOST)})` : ""}
        </Button>
      )}
      <span className="grow soft" role="status">
        {progress}
      </span>
      <Button size="compact-sm" leftSection={<IconTag size={14} />} onClick={() => setAttaching(true)}>
        Set field…
      </Button>
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<IconDownload size={14} />}
        onClick={exportCsv}
      >
        Export CSV
      </Button>
      <Button
        size="compact-sm"
        variant="subtle"
        color="gray"
        leftSection={<IconX size={14} />}
        onClick={props.clear}
      >
        Clear
      </Button>
      <Modal
        opened={attaching}
        onClose={() => setAttaching(false)}
        title={`Set a field on ${exact(count)} inferences`}
        lockScroll={false}
        closeButtonProps={{ "aria-label": "Close" }}
      >
        <Attach collect={collect} count={count} close={() => setAttaching(false)} say={setProgress} />
      </Modal>
    </section>
  );
}

function Attach(props: {
  collect: () => Promise<Inference[]>;
  count: number;
  close: () => void;
  say: (text: string) => void;
}) {
  const workspace = useWorkspace();
  const queries = useQueryClient();
  const fields = useWhole<Fields>("fields");
  const [field, setField] = useState("");
  const [value, setValue] = useState("");
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);

  async function attach() {
    setBusy(true);
    setFailure(null);
    try {
      const ids = (await props.collect()).map((item) => item.inference_id);
      const answer = await send<Attached>("POST", workspacePath(workspace, "metadata"), {
        data: [{ inference_ids: ids, field_name: field, field_value: value }],
      });
      props.say(`${field} is set on ${exact(answer.matched)}`);
      await queries.invalidateQueries();
      props.close();
    } catch (error) {
      setFailure((error as Error).message);
    } finally {
      setBusy(false);
    }
  }

  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void attach();
      }}
    >
      <Autocomplete
        label="Field"
        data={(fields.data?.items ?? []).map((one) => one.name)}
        limit={20}
        value={field}
        onChange={setField}
        data-autofocus
      />
      <TextInput label="Value" value={value} onChange={(event) => setValue(event.currentTarget.value)} />
      <p className="soft">The last write wins; what was there before stays in the history of each value.</p>
      {failure && (
        <p className="bad" role="alert">
          {failure}
        </p>
      )}
      <Button type="submit" loading={busy} disabled={!field || value === ""}>
        Set on {exact(props.count)} inferences
      </Button>
    </form>
  );
}
