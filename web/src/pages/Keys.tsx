import { Button, Checkbox, Modal, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { send, workspacePath } from "../api/client";
import { useWhole } from "../api/questions";
import type { Key } from "../api/types";
import { useWorkspace } from "../app/view";
import { ago, moment } from "../parts/format";
import { Panel } from "../parts/Panel";
import { Snippet } from "./GetStarted";

const SCOPES: [string, string][] = [
  ["read", "look at everything in this workspace"],
  ["write", "record inferences, attach metadata"],
  ["admin", "make and revoke keys, change settings"],
];

export function Keys() {
  const workspace = useWorkspace();
  const queries = useQueryClient();
  const keys = useWhole<{ items: Key[] }>("keys");
  const [making, setMaking] = useState(false);
  const [asked, setAsked] = useState<Key | null>(null);
  const revoke = useMutation({
    mutationFn: (key: Key) => send("DELETE", workspacePath(workspace, `keys/${encodeURIComponent(key.id)}`)),
    onSuccess: () => {
      setAsked(null);
      void queries.invalidateQueries({ queryKey: [workspace, "keys"] });
    },
  });
  return (
    <Panel
      title="API keys"
      label="API keys"
      className="span-12"
      query={keys}
      flush
      actions={
        <Button size="compact-xs" leftSection={<IconPlus size={13} />} onClick={() => setMaking(true)}>
          New key
        </Button>
      }
    >
      {(data) => (
        <>
          <table className="list">
            <thead>
              <tr>
                <th>Name</th>
                <th>Scopes</th>
                <th>Made</th>
                <th>Last used</th>
                <th>
                  <span className="hidden-text">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {data.items.map((key) => (
                <tr key={key.id}>
                  <td>{key.name}</td>
                  <td>{key.scopes.join(", ")}</td>
                  <td className="soft">{moment(key.created, false)}</td>
                  <td className="soft">{key.last_used ? ago(key.last_used) : "never"}</td>
                  <td className="number">
                    {key.revoked ? (
                      <span className="soft">revoked {ago(key.revoked)}</span>
                    ) : (
                      <Button size="compact-xs" variant="subtle" color="red" onClick={() => setAsked(key)}>
                        Revoke
                      </Button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          <Modal
            opened={making}
            onClose={() => setMaking(false)}
            title="New key"
            lockScroll={false}
            closeButtonProps={{ "aria-label": "Close" }}
          >
            {making && <New close={() => setMaking(false)} />}
          </Modal>
          <Modal
            opened={asked !== null}
            onClose={() => setAsked(null)}
            title={`Revoke “${asked?.name}”?`}
            lockScroll={false}
            closeButtonProps={{ "aria-label": "Close" }}
          >
            <p>Whatever uses this key is refused from now on. This cannot be undone.</p>
            {revoke.error && <p className="bad">{revoke.error.message}</p>}
            <Button
              mt={12}
              color="red"
              loading={revoke.isPending}
              onClick={() => asked && revoke.mutate(asked)}
            >
              Revoke
            </Button>
          </Modal>
        </>
      )}
    </Panel>
  );
}

function New({ close }: { close: () => void }) {
  const workspace = useWorkspace();
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<string[]>(["write"]);
  const make = useMutation({
    mutationFn: () => send<Key & { key: string }>("POST", workspacePath(workspace, "keys"), { name, scopes }),
    onSuccess: () => queries.invalidateQueries({ queryKey: [workspace, "keys"] }),
  });
  if (make.data)
    return (
      <div className="stack">
        <p>This is the only time that the key is shown.</p>
        <Snippet text={make.data.key} />
        <Button onClick={close}>Done</Button>
      </div>
    );
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        make.mutate();
      }}
    >
      <TextInput
        label="Name"
        placeholder="edge"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        data-autofocus
      />
      <Checkbox.Group label="May" value={scopes} onChange={setScopes}>
        {SCOPES.map(([scope, what]) => (
          <Checkbox key={scope} mt={6} size="xs" value={scope} label={`${scope}: ${what}`} />
        ))}
      </Checkbox.Group>
      {make.error && (
        <p className="bad" role="alert">
          {make.error.message}
        </p>
      )}
      <Button type="submit" loading={make.isPending} disabled={!name.trim() || scopes.length === 0}>
        Make the key
      </Button>
    </form>
  );
}
