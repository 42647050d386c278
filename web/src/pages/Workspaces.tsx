import { Button, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ask, send } from "../api/client";
import type { WorkspaceRow } from "../api/types";
import { moment } from "../parts/format";
import { Panel } from "../parts/Panel";
import { Snippet } from "./GetStarted";

export function Workspaces() {
  const rows = useQuery<{ items: WorkspaceRow[] }, Error>({
    queryKey: ["workspaces"],
    queryFn: ({ signal }) => ask("/api/v1/workspaces", {}, signal),
  });
  const [slug, setSlug] = useState("");
  const [name, setName] = useState("");
  const make = useMutation({
    mutationFn: () => send<WorkspaceRow & { key: string }>("POST", "/api/v1/workspaces", { slug, name }),
    onSuccess: () => rows.refetch(),
  });
  return (
    <Panel title="Workspace" label="Workspace" className="span-6" query={rows}>
      {(data) => (
        <>
          {data.items.map((row) => (
            <p key={row.slug}>
              <b>{row.name || row.slug}</b> <code>{row.slug}</code>{" "}
              <span className="soft">{row.created ? `since ${moment(row.created, false)}` : ""}</span>
            </p>
          ))}
          <form
            className="row"
            style={{ alignItems: "flex-end", marginTop: 10 }}
            onSubmit={(event) => {
              event.preventDefault();
              make.mutate();
            }}
          >
            <TextInput
              size="xs"
              label="New workspace"
              placeholder="slug"
              value={slug}
              onChange={(event) => setSlug(event.currentTarget.value)}
            />
            <TextInput
              size="xs"
              className="grow"
              aria-label="Its name"
              placeholder="name"
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Button size="xs" type="submit" variant="default" disabled={!slug} loading={make.isPending}>
              Make
            </Button>
          </form>
          {make.error && (
            <p className="bad" role="alert">
              {make.error.message}
            </p>
          )}
          {make.data && (
            <>
              <p style={{ marginTop: 8 }}>
                The first key of “{make.data.slug}”, shown this once. Log in with it to see that workspace.
              </p>
              <Snippet text={make.data.key} />
            </>
          )}
        </>
      )}
    </Panel>
  );
}
