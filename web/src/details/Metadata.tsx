// The attached values of one inference: type, who and when, history, changed in place, added, removed.
import { ActionIcon, Autocomplete, Button, TextInput, Tooltip } from "@mantine/core";
import { IconHistory, IconPencil, IconPlus, IconTrash } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { inferencePath, send, workspacePath } from "../api/client";
import { useWhoami, useWhole } from "../api/questions";
import type { AttachedValue, Fields, InferenceDetails } from "../api/types";
import { useWorkspace } from "../app/view";
import { fieldName } from "../filter/conditions";
import { ago, clip, moment } from "../parts/format";
import { Value } from "../parts/Value";

export function Metadata({ item }: { item: InferenceDetails }) {
  const [adding, setAdding] = useState(false);
  const who = useWhoami();
  const mayWrite = who.data?.scopes.some((scope) => scope === "write" || scope === "admin") ?? false;
  const values = item.values;
  return (
    <div className="metadata">
      {values.length === 0 && !adding && (
        <p className="soft none">Nothing is attached to this inference yet.</p>
      )}
      {values.map((value) => (
        <Line key={value.field_name} id={item.inference_id} value={value} mayWrite={mayWrite} />
      ))}
      {mayWrite &&
        (adding ? (
          <Add id={item.inference_id} close={() => setAdding(false)} />
        ) : (
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<IconPlus size={14} />}
            onClick={() => setAdding(true)}
          >
            Attach a value
          </Button>
        ))}
    </div>
  );
}

function useAttach(id: string) {
  const workspace = useWorkspace();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ field, value }: { field: string; value: string }) =>
      send("POST", workspacePath(workspace, "metadata"), {
        data: [{ inference_ids: [id], field_name: field, field_value: value }],
      }),
    onSuccess: () => queries.invalidateQueries(),
  });
}

function Line({ id, value, mayWrite }: { id: string; value: AttachedValue; mayWrite: boolean }) {
  const workspace = useWorkspace();
  const queries = useQueryClient();
  const [text, setText] = useState<string | null>(null);
  const [history, setHistory] = useState(false);
  const attach = useAttach(id);
  const remove = useMutation({
    mutationFn: () =>
      send("DELETE", inferencePath(workspace, id, `/metadata/${encodeURIComponent(value.field_name)}`)),
    onSuccess: () => queries.invalidateQueries(),
  });
  const failure = attach.error ?? remove.error;
  const save = async () => {
    if (text !== null && text !== value.field_value)
      await attach.mutateAsync({ field: value.field_name, value: text });
    setText(null);
  };
  return (
    <div className="metadata-line">
      <span className="clip name" title={clip(value.field_name, 300)}>
        {value.field_name}
      </span>
      {text === null ? (
        <Value name={fieldName(value.field_name)} value={value.field_value} size={400} />
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void save().catch(() => undefined);
          }}
        >
          <TextInput
            size="xs"
            aria-label={`Value of ${value.field_name}`}
            autoFocus
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            onBlur={() => setText(null)}
            onKeyDown={(event) => {
              if (event.key === "Escape") {
                event.stopPropagation();
                setText(null);
              }
            }}
          />
        </form>
      )}
      <span className="soft kind">{value.type}</span>
      <span
        className="soft clip when"
        title={`${moment(value.time)} · ${value.by ?? ""} · request ${value.request ?? "–"}`}
      >
        {ago(value.time)}
        {value.by ? ` · ${value.by}` : ""}
      </span>
      <span className="tools">
        {value.history.length > 0 && (
          <Tooltip label={`${value.history.length} earlier`}>
            <ActionIcon
              size={22}
              variant="subtle"
              color="gray"
              aria-label={`History of ${value.field_name}`}
              aria-expanded={history}
              onClick={() => setHistory(!history)}
            >
              <IconHistory size={14} />
            </ActionIcon>
          </Tooltip>
        )}
        {mayWrite && (
          <>
            <ActionIcon
              size={22}
              variant="subtle"
              color="gray"
              aria-label={`Edit ${value.field_name}`}
              onClick={() => setText(value.field_value ?? "")}
            >
              <IconPencil size={14} />
            </ActionIcon>
            <ActionIcon
              size={22}
              variant="subtle"
              color="gray"
              aria-label={`Remove ${value.field_name}`}
              loading={remove.isPending}
              onClick={() => remove.mutate()}
            >
              <IconTrash size={14} />
            </ActionIcon>
          </>
        )}
      </span>
      {failure && (
        <span className="bad wide" role="alert">
          {failure.message}
        </span>
      )}
      {history && (
        <ol className="wide history">
          {value.history.map((change) => (
            <li key={`${change.time} ${change.request}`}>
              {change.field_value === null ? <i>removed</i> : clip(change.field_value, 200)}{" "}
              <span className="soft">
                {moment(change.time)}
                {change.by ? ` · ${change.by}` : ""}
              </span>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

function Add({ id, close }: { id: string; close: () => void }) {
  const fields = useWhole<Fields>("fields");
  const [field, setField] = useState("");
  const [value, setValue] = useState("");
  const attach = useAttach(id);
  return (
    <form
      className="row add"
      onSubmit={(event) => {
        event.preventDefault();
        attach.mutate({ field, value }, { onSuccess: close });
      }}
    >
      <Autocomplete
        size="xs"
        aria-label="Field"
        placeholder="field"
        data={(fields.data?.items ?? []).map((one) => one.name)}
        limit={20}
        value={field}
        onChange={setField}
        autoFocus
      />
      <TextInput
        size="xs"
        className="grow"
        aria-label="Value"
        placeholder="value"
        value={value}
        onChange={(event) => setValue(event.currentTarget.value)}
        error={attach.error?.message}
      />
      <Button size="xs" type="submit" loading={attach.isPending} disabled={!field || value === ""}>
        Attach
      </Button>
      <Button size="xs" variant="subtle" color="gray" onClick={close}>
        Cancel
      </Button>
    </form>
  );
}
