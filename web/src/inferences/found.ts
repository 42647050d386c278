// The search's pages, one after the other by their cursor: rows never jump, whatever arrives meanwhile.
import { type InfiniteData, keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { ask, workspacePath } from "../api/client";
import { LIVE_INTERVAL } from "../api/questions";
import type { Found, Inference } from "../api/types";
import { useView, useWorkspace } from "../app/view";

export const PAGE = 100;

export function useFound() {
  const workspace = useWorkspace();
  const { view } = useView();
  const parameters = { start: view.start, end: view.end, filter: view.filter, order: view.order };
  const query = useInfiniteQuery<Found, Error, InfiniteData<Found>, unknown[], string | null>({
    queryKey: [workspace, "inferences", "pages", parameters],
    queryFn: ({ pageParam, signal }) =>
      ask<Found>(
        workspacePath(workspace, "inferences"),
        { ...parameters, limit: PAGE, cursor: pageParam },
        signal,
      ),
    initialPageParam: null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
    // Who has scrolled on is not pulled back: only the first page follows what arrives.
    refetchInterval: (query) =>
      view.live && (query.state.data?.pages.length ?? 0) <= 1 ? LIVE_INTERVAL : false,
    staleTime: 5_000,
  });
  const items: Inference[] = query.data?.pages.flatMap((page) => page.items) ?? [];
  return {
    query,
    items,
    total: query.data?.pages[0]?.total ?? null,
    sentence: query.data?.pages[0]?.sentence ?? "",
  };
}

/** Rows are told apart by id and time: a client may reuse an id. */
export const rowKey = (item: Inference) => `${item.inference_id} ${item.time}`;
