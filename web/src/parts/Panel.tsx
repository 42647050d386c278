// A panel shows one question's answer: bones first, then the answer, dimmed while a newer one is under way. It fails
// alone, with the server's words and a way to ask again.
import { Button } from "@mantine/core";
import { IconAlertTriangle, IconRefresh } from "@tabler/icons-react";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ApiError } from "../api/client";

export function Panel<T>(props: {
  title?: ReactNode;
  actions?: ReactNode;
  query: UseQueryResult<T, Error>;
  children: (data: T) => ReactNode;
  /** Height in pixels while nothing has been answered yet. */
  height?: number;
  className?: string;
  flush?: boolean;
  label?: string;
}) {
  const { query } = props;
  return (
    <section
      className={`panel ${props.className ?? ""}`}
      aria-label={props.label}
      aria-busy={query.isFetching}
    >
      {(props.title || props.actions) && (
        <header>
          <h2 className="grow clip">{props.title}</h2>
          {props.actions}
        </header>
      )}
      <div className={`body ${props.flush ? "flush" : ""} ${query.isPlaceholderData ? "stale" : ""}`}>
        <Answer query={query} height={props.height}>
          {props.children}
        </Answer>
      </div>
    </section>
  );
}

export function Answer<T>(props: {
  query: UseQueryResult<T, Error>;
  children: (data: T) => ReactNode;
  height?: number;
}) {
  const { query, height = 120 } = props;
  if (query.error && (!query.data || query.isPlaceholderData))
    return <Failed error={query.error} retry={() => query.refetch()} />;
  if (query.data === undefined) return <Bone height={height} />;
  return props.children(query.data);
}

export function Bone({ height, width }: { height: number; width?: number | string }) {
  return <div className="bone" style={{ height, width, margin: "2px 0" }} aria-hidden />;
}

export function Failed({ error, retry }: { error: Error; retry: () => unknown }) {
  // The filter bar says what is wrong with the filter, and where.
  if (error instanceof ApiError && error.column !== null)
    return <div className="nothing">The filter cannot be understood yet.</div>;
  return (
    <div className="nothing" role="alert">
      <IconAlertTriangle size={20} className="bad" aria-hidden />
      <span>{error.message}</span>
      {error instanceof ApiError && error.hint && <span className="soft">{error.hint}</span>}
      <Button size="compact-xs" variant="default" leftSection={<IconRefresh size={13} />} onClick={retry}>
        Try again
      </Button>
    </div>
  );
}
