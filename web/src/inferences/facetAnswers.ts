// The facets' answers, a few names a request, one request after the other: the first ones show while the last are being
// counted, and no two of them compete for the server.
import { experimental_streamedQuery as streamedQuery, useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import { ask, workspacePath } from "../api/client";
import { useWhole } from "../api/questions";
import type { Facet, Fields } from "../api/types";
import { useView, useWorkspace } from "../app/view";
import { fieldName } from "../filter/conditions";
import { writeNames } from "../parts/names";

const FIRST = ["model", "class", "device", "confidence"];
const LAST = ["latency", "error", "detections", "version", "task", "source", "tag", "server", "deployment"];
/** Folded until somebody opens them: what is folded is not asked for. */
export const FOLDED = ["detections", "version", "task", "source", "tag", "server", "deployment"];
const FIELDS = 17;
const BATCH = 3;
const LIVE = 15_000;

/** Which facets there are, in their order: pinned ones, the foremost built-ins, fields by coverage, the rest. */
export function useFacetNames(pinned: string[]): string[] | null {
  const fields = useWhole<Fields>("fields");
  if (!fields.data) return fields.error ? [...new Set([...pinned, ...FIRST, ...LAST])] : null;
  const best = [...fields.data.items]
    .sort((a, b) => b.coverage - a.coverage)
    .slice(0, FIELDS)
    .map((field) => fieldName(field.name));
  return [...new Set([...pinned, ...FIRST, ...best, ...LAST])];
}

export interface FacetState {
  facet: Facet | undefined;
  /** Of an earlier filter: the answer to this one is under way. */
  stale: boolean;
}

export function useFacets(names: string[]) {
  const workspace = useWorkspace();
  const { view } = useView();
  const range = { start: view.start, end: view.end, filter: view.filter };
  const query = useQuery<Facet[], Error>({
    queryKey: [workspace, "facets", "column", names, range],
    queryFn: streamedQuery<Facet, Facet[]>({
      streamFn: async function* ({ signal }) {
        for (let at = 0; at < names.length; at += BATCH) {
          const batch = writeNames(names.slice(at, at + BATCH));
          const answer = await ask<{ items: Facet[] }>(
            workspacePath(workspace, "facets"),
            { ...range, names: batch, limit: 10 },
            signal,
          );
          yield* answer.items;
        }
      },
      refetchMode: "replace",
    }),
    enabled: names.length > 0,
    refetchInterval: view.live ? LIVE : false,
  });
  const known = useRef(new Map<string, Facet>());
  for (const facet of query.data ?? []) known.current.set(facet.name, facet);
  const fresh = new Set((query.data ?? []).map((facet) => facet.name));
  const of = (name: string): FacetState => ({ facet: known.current.get(name), stale: !fresh.has(name) });
  return { query, of };
}
