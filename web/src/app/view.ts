// What is looked at lives in the address: filter, time range, columns, grouping, open item. Any view is a link.
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";

export const VIEW_NAMES = [
  "filter", // in the filter language
  "start", // ISO 8601 or relative; absent: the last 7 days
  "end",
  "live", // "1": ask again every few seconds
  "columns", // of the table, separated by commas
  "layout", // table | gallery
  "order", // of the search
  "open", // inference_id in the drawer
  "at", // which one of an id that was reused: its time
  "tab", // of the drawer
  "split", // the name that charts are split by
  "by", // Explore: one or two names, separated by commas
  "measure",
  "chart",
  "top",
  "compare",
  "model", // Models: the one shown
  "field", // Fields: the one shown
] as const;

export type ViewName = (typeof VIEW_NAMES)[number];
export type View = Partial<Record<ViewName, string>>;

export function readView(search: Record<string, unknown>): View {
  const view: View = {};
  for (const name of VIEW_NAMES) {
    const value = search[name];
    if (typeof value === "string" && value !== "") view[name] = value;
  }
  return view;
}

export function parseSearch(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text));
}

export function writeSearch(search: Record<string, unknown>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (typeof value === "string" && value !== "") query.set(name, value);
  }
  // Commas, colons and slashes read better as themselves, and a query may hold them.
  const text = query.toString().replace(/%2C/g, ",").replace(/%3A/g, ":").replace(/%2F/g, "/");
  return text ? `?${text}` : "";
}

/** What is kept when going from page to page. */
export function shared(view: View): View {
  return { filter: view.filter, start: view.start, end: view.end, live: view.live };
}

export interface ViewState {
  view: View;
  /** Change parts of the view; `undefined` removes one. `replace` leaves no step in the browser's history. */
  change: (parts: View, replace?: boolean) => void;
  /** Go to a page of the workspace, with the shared part of the view and `parts`. */
  go: (page: string, parts?: View) => void;
}

export function useWorkspace(): string {
  return useParams({ strict: false }).workspace ?? "";
}

export function useView(): ViewState {
  const view = useSearch({ strict: false }) as View;
  const navigate = useNavigate();
  const workspace = useWorkspace();
  const change = useCallback(
    (parts: View, replace = false) => {
      void navigate({
        to: ".",
        search: ((previous: View) => ({ ...previous, ...parts })) as never,
        replace,
      });
    },
    [navigate],
  );
  const go = useCallback(
    (page: string, parts: View = {}) => {
      void navigate({
        to: `/${workspace}/${page}` as never,
        search: ((previous: View) => ({ ...shared(previous), ...parts })) as never,
      });
    },
    [navigate, workspace],
  );
  return { view, change, go };
}
