// A value of a built-in or a field, wherever it stands: filter for it, filter out, group by its name, copy it.
import { Menu } from "@mantine/core";
import { IconChartBar, IconCopy, IconFilter, IconFilterOff } from "@tabler/icons-react";
import type { MouseEvent, ReactNode } from "react";
import { useView } from "../app/view";
import { filterFor, filterOut } from "../filter/conditions";
import { clip } from "./format";

export function copy(text: string): void {
  void navigator.clipboard?.writeText(text);
}

/** `name` as it must be written in a filter. */
export function Value(props: { name: string; value: string | null; children?: ReactNode; size?: number }) {
  const { view, change, go } = useView();
  const { name, value } = props;
  const filter = view.filter ?? "";
  const quiet = (event: MouseEvent) => event.stopPropagation();
  return (
    <Menu withinPortal position="bottom-start" shadow="md" returnFocus>
      <Menu.Target>
        <button
          type="button"
          className="plain value clip"
          onClick={quiet}
          title={value ? clip(value, 600) : undefined}
        >
          {props.children ??
            (value === null ? <span className="soft">–</span> : clip(value, props.size ?? 80))}
        </button>
      </Menu.Target>
      <Menu.Dropdown onClick={quiet}>
        <Menu.Label>
          {clip(name, 30)}: {value === null ? "(missing)" : clip(value, 40)}
        </Menu.Label>
        <Menu.Item
          leftSection={<IconFilter size={14} />}
          onClick={() => change({ filter: filterFor(filter, name, value) })}
        >
          Filter for
        </Menu.Item>
        <Menu.Item
          leftSection={<IconFilterOff size={14} />}
          onClick={() => change({ filter: filterOut(filter, name, value) })}
        >
          Filter out
        </Menu.Item>
        <Menu.Item leftSection={<IconChartBar size={14} />} onClick={() => go("explore", { by: name })}>
          Group by
        </Menu.Item>
        {value !== null && (
          <Menu.Item leftSection={<IconCopy size={14} />} onClick={() => copy(value)}>
            Copy
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
