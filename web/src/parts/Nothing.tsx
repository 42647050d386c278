// The three ways of being empty, each with the way out of it.
import { Button } from "@mantine/core";
import { useQueries } from "@tanstack/react-query";
import { ask, workspacePath } from "../api/client";
import { useWhole } from "../api/questions";
import type { Found, Summary } from "../api/types";
import { iso } from "../app/range";
import { useView, useWorkspace } from "../app/view";
import { remove, split } from "../filter/conditions";
import { ago, exact, moment } from "./format";

export function Nothing() {
  const { view, change, go } = useView();
  const latest = useWhole<Found>("inferences", { start: "1970-01-01T00:00:00Z", limit: 1 });
  const inRange = useWhole<Summary>(
    "summary",
    { start: view.start, end: view.end },
    { enabled: Boolean(view.filter) },
  );
  const last = latest.data?.items[0];
  if (latest.isPending) return null;
  if (!last)
    return (
      <div className="nothing">
        <strong>No inference has arrived yet</strong>
        <span>Point an inference server at this workspace, or send one inference with curl.</span>
        <Button size="xs" onClick={() => go("start")}>
          Get started
        </Button>
      </div>
    );
  if (!view.filter || inRange.data?.current.inferences === 0) {
    const at = Date.parse(last.time);
    return (
      <div className="nothing">
        <strong>Nothing in this time range</strong>
        <span title={last.time}>
          The last inference came {ago(last.time)}, at {moment(last.time)}.
        </span>
        <Button
          size="xs"
          onClick={() =>
            change({ start: iso(at - 12 * 36e5), end: at > Date.now() - 36e5 ? undefined : iso(at + 36e5) })
          }
        >
          Go there
        </Button>
      </div>
    );
  }
  return <NoMatch filter={view.filter} />;
}

function NoMatch({ filter }: { filter: string }) {
  const workspace = useWorkspace();
  const { view, change } = useView();
  const conditions = split(filter).slice(0, 8);
  const without = useQueries({
    queries: conditions.map((_, index) => {
      const parameters = { start: view.start, end: view.end, filter: remove(filter, index) };
      return {
        queryKey: [workspace, "summary", parameters],
        queryFn: () => ask<Summary>(workspacePath(workspace, "summary"), parameters),
      };
    }),
  });
  return (
    <div className="nothing">
      <strong>No inference matches</strong>
      <span>Without one of the conditions:</span>
      {conditions.map((condition, index) => {
        const left = without[index]?.data?.current.inferences;
        return (
          <Button
            key={condition.start}
            size="compact-sm"
            variant="default"
            disabled={left === 0}
            onClick={() => change({ filter: remove(filter, index) })}
          >
            drop&nbsp;<code className="clip">{condition.text}</code>
            &nbsp;→ {left === undefined ? "…" : exact(left)}
          </Button>
        );
      })}
    </div>
  );
}
