import { Button, NumberInput, Select } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { send, workspacePath } from "../api/client";
import { useWhole } from "../api/questions";
import type { ImagePolicy } from "../api/types";
import { useWorkspace } from "../app/view";
import { exact } from "../parts/format";
import { Panel } from "../parts/Panel";

const GIBIBYTE = 1024 ** 3;
const KEEP = [
  { value: "none", label: "none" },
  { value: "failures", label: "errors and low confidence" },
  { value: "sample", label: "a sample" },
  { value: "all", label: "all" },
];

export function ImagePolicyPanel({ admin }: { admin: boolean }) {
  const stock = useWhole<{ images: number; bytes: number; policy: ImagePolicy }>("images");
  return (
    <Panel
      title="Pictures and their retention"
      label="Pictures"
      className="span-6"
      query={stock}
      height={240}
    >
      {(data) => (
        <>
          <p className="soft">
            {exact(data.images)} pictures in store, {(data.bytes / 1024 ** 2).toFixed(1)} MiB. Pictures that a
            client uploads on purpose are always stored; this is about those that pass through the inference
            endpoints.
          </p>
          <Form key={JSON.stringify(data.policy)} policy={data.policy} admin={admin} />
        </>
      )}
    </Panel>
  );
}

function Form({ policy, admin }: { policy: ImagePolicy; admin: boolean }) {
  const workspace = useWorkspace();
  const queries = useQueryClient();
  const [draft, setDraft] = useState(policy);
  const save = useMutation({
    mutationFn: () => send<ImagePolicy>("PUT", workspacePath(workspace, "images/policy"), draft),
    onSuccess: () => queries.invalidateQueries({ queryKey: [workspace, "images"] }),
  });
  const number = (value: string | number) => (value === "" ? null : Number(value));
  const common = { size: "xs", disabled: !admin, hideControls: true } as const;
  return (
    <form
      className="stack"
      style={{ marginTop: 8 }}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <div className="row" style={{ alignItems: "flex-end" }}>
        <Select
          size="xs"
          className="grow"
          label="Keep"
          data={KEEP}
          value={draft.keep}
          disabled={!admin}
          allowDeselect={false}
          onChange={(keep) => setDraft({ ...draft, keep: (keep ?? "none") as ImagePolicy["keep"] })}
        />
        {draft.keep === "sample" && (
          <NumberInput
            {...common}
            label="Share, %"
            min={0}
            max={100}
            value={draft.sample * 100}
            onChange={(value) => setDraft({ ...draft, sample: (number(value) ?? 0) / 100 })}
          />
        )}
        {draft.keep === "failures" && (
          <NumberInput
            {...common}
            label="Confidence below"
            min={0}
            max={1}
            value={draft.confidence}
            onChange={(value) => setDraft({ ...draft, confidence: number(value) ?? 0 })}
          />
        )}
      </div>
      <div className="row" style={{ alignItems: "flex-end" }}>
        <NumberInput
          {...common}
          className="grow"
          label="Days kept"
          placeholder="for ever"
          min={1}
          value={draft.days ?? ""}
          onChange={(value) => setDraft({ ...draft, days: number(value) })}
        />
        <NumberInput
          {...common}
          className="grow"
          label="Days without an inference"
          min={1}
          value={draft.waiting_days}
          onChange={(value) => setDraft({ ...draft, waiting_days: number(value) ?? 7 })}
        />
        <NumberInput
          {...common}
          className="grow"
          label="Room, GiB"
          placeholder="no bound"
          min={0}
          decimalScale={2}
          value={draft.bytes === null ? "" : draft.bytes / GIBIBYTE}
          onChange={(value) => {
            const room = number(value);
            setDraft({ ...draft, bytes: room === null ? null : Math.round(room * GIBIBYTE) });
          }}
        />
      </div>
      {save.error && (
        <p className="bad" role="alert">
          {save.error.message}
        </p>
      )}
      {admin && (
        <Button
          size="xs"
          type="submit"
          loading={save.isPending}
          disabled={JSON.stringify(draft) === JSON.stringify(policy)}
        >
          Save
        </Button>
      )}
    </form>
  );
}
