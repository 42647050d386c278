// The server's questions as hooks. Old answers stay (dimmed by whoever shows them) while new ones load.
import { keepPreviousData, type UseQueryResult, useQuery } from "@tanstack/react-query";
import { useView, useWorkspace } from "../app/view";
import { ApiError, ask, type Parameters, workspacePath } from "./client";
import type { Whoami } from "./types";

export const LIVE_INTERVAL = 3000;

export function retry(count: number, failure: Error): boolean {
  const status = failure instanceof ApiError ? failure.status : 0;
  return count < 2 && (status === 0 || status >= 500);
}

/** Asks with the view's time range and filter, then `parameters`; again every few seconds while the view is live. */
export function useQuestion<T>(
  question: string,
  parameters: Parameters = {},
  options: { enabled?: boolean; live?: boolean } = {},
): UseQueryResult<T, Error> {
  const workspace = useWorkspace();
  const { view } = useView();
  const all = { start: view.start, end: view.end, filter: view.filter, ...parameters };
  return useQuery<T, Error>({
    queryKey: [workspace, question, all],
    queryFn: ({ signal }) => ask<T>(workspacePath(workspace, question), all, signal),
    placeholderData: keepPreviousData,
    refetchInterval: view.live && options.live !== false ? LIVE_INTERVAL : false,
    enabled: options.enabled ?? true,
  });
}

/** Asks of the whole workspace: no time range, no filter but what `parameters` say. */
export function useWhole<T>(
  question: string,
  parameters: Parameters = {},
  options: { enabled?: boolean; interval?: number | false } = {},
): UseQueryResult<T, Error> {
  const workspace = useWorkspace();
  return useQuery<T, Error>({
    queryKey: [workspace, question, parameters],
    queryFn: ({ signal }) => ask<T>(workspacePath(workspace, question), parameters, signal),
    placeholderData: keepPreviousData,
    refetchInterval: options.interval ?? false,
    enabled: options.enabled ?? true,
  });
}

export function useWhoami(): UseQueryResult<Whoami, Error> {
  return useQuery<Whoami, Error>({
    queryKey: ["whoami"],
    queryFn: ({ signal }) => ask<Whoami>("/api/v1/whoami", {}, signal),
    staleTime: 60_000,
  });
}
