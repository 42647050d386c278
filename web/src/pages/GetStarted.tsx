// From nothing to the first value: the user's own address, workspace and key in every snippet.
import { ActionIcon, PasswordInput, Tabs } from "@mantine/core";
import { IconCheck, IconCircleDashed, IconCopy } from "@tabler/icons-react";
import { useState } from "react";
import { useWhole } from "../api/questions";
import type { Fields, Found, Waiting } from "../api/types";
import { useWorkspace } from "../app/view";
import { ago } from "../parts/format";
import { copy } from "../parts/Value";
import { snippets } from "./snippets";
import "./pages.css";

const INTERVAL = 2000;

export function GetStarted() {
  const workspace = useWorkspace();
  const [key, setKey] = useState("");
  const all = snippets(location.origin, workspace, key.trim() || "YOUR_API_KEY");
  return (
    <main className="page">
      <div className="page-title">
        <h1>Get started</h1>
      </div>
      <div className="steps">
        <section className="panel">
          <h2>1. Your address, workspace and key</h2>
          <p>
            Sightline listens at <code>{location.origin}</code>, this workspace is <code>{workspace}</code>.
          </p>
          <PasswordInput
            size="xs"
            mt={8}
            maw={480}
            label="API key, to fill in the examples (it stays on this page)"
            placeholder="sl_…"
            value={key}
            onChange={(event) => setKey(event.currentTarget.value)}
            autoComplete="off"
          />
        </section>
        <section className="panel">
          <h2>2. Send an inference</h2>
          <Tabs defaultValue={all[0]?.name}>
            <Tabs.List>
              {all.map((one) => (
                <Tabs.Tab key={one.name} value={one.name}>
                  {one.name}
                </Tabs.Tab>
              ))}
            </Tabs.List>
            {all.map((one) => (
              <Tabs.Panel key={one.name} value={one.name} pt={8}>
                <p className="soft">{one.what}</p>
                <Snippet text={one.text} />
              </Tabs.Panel>
            ))}
          </Tabs>
        </section>
        <section className="panel">
          <h2>3. Attach metadata to it by its inference_id</h2>
          <p className="soft">At any time: values that come before their inference wait for it.</p>
          <Snippet
            text={[
              `curl --request POST '${location.origin}/${workspace}/inference-stats/metadata' \\`,
              "  --header 'Content-Type: application/json' \\",
              `  --data-raw '{"api_key": "${key.trim() || "YOUR_API_KEY"}", "data": [`,
              '    {"inference_ids": ["THE_INFERENCE_ID"], "field_name": "location", "field_value": "texas"}]}\'',
            ].join("\n")}
          />
        </section>
        <section className="panel">
          <h2>4. See it arrive</h2>
          <Arrived />
        </section>
      </div>
    </main>
  );
}

function Arrived() {
  const newest = useWhole<Found>(
    "inferences",
    { start: "1970-01-01T00:00:00Z", limit: 1 },
    { interval: INTERVAL },
  );
  const fields = useWhole<Fields>("fields", {}, { interval: INTERVAL });
  const waiting = useWhole<Waiting>("waiting", { limit: 1 }, { interval: INTERVAL });
  const inference = newest.data?.items[0];
  const field = fields.data?.items[0];
  return (
    <div role="status" aria-live="polite">
      <Line done={inference !== undefined}>
        {inference
          ? `An inference has arrived, the latest ${ago(inference.time)}`
          : "Waiting for the first inference…"}
      </Line>
      <Line done={field !== undefined}>
        {field
          ? `Values are attached: ${fields.data?.items.length} field${fields.data?.items.length === 1 ? "" : "s"}`
          : waiting.data?.values
            ? `${waiting.data.values} values have arrived and wait for their inference`
            : "Waiting for the first value…"}
      </Line>
    </div>
  );
}

function Line({ done, children }: { done: boolean; children: React.ReactNode }) {
  return (
    <p className={`arrived ${done ? "good" : "soft"}`}>
      {done ? <IconCheck size={17} aria-hidden /> : <IconCircleDashed size={17} aria-hidden />}
      {children}
    </p>
  );
}

export function Snippet({ text }: { text: string }) {
  const [copied, setCopied] = useState(false);
  return (
    <div className="snippet">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region must be reachable by keyboard */}
      <pre tabIndex={0}>{text}</pre>
      <ActionIcon
        className="copy"
        variant="default"
        size={26}
        aria-label={copied ? "Copied" : "Copy"}
        onClick={() => {
          copy(text);
          setCopied(true);
        }}
      >
        {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
      </ActionIcon>
    </div>
  );
}
