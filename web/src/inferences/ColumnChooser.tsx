// Which columns the table has, and in which order they stand.
import { ActionIcon, Button, Checkbox, Popover, TextInput } from "@mantine/core";
import { IconArrowUp, IconColumns } from "@tabler/icons-react";
import { useState } from "react";
import { useWhole } from "../api/questions";
import type { Fields } from "../api/types";
import { clip, percent } from "../parts/format";
import { BUILT_IN_COLUMNS, columnOf } from "./columns";

export function ColumnChooser({ chosen, choose }: { chosen: string[]; choose: (keys: string[]) => void }) {
  const fields = useWhole<Fields>("fields");
  const [wanted, setWanted] = useState("");
  const possible = [
    ...BUILT_IN_COLUMNS.map((column) => ({ key: column.key, label: column.label, detail: "" })),
    ...(fields.data?.items ?? []).map((field) => ({
      key: `metadata.${field.name}`,
      label: field.name,
      detail: percent(field.coverage, 0),
    })),
  ];
  const ordered = [
    ...chosen.map(
      (key) => possible.find((one) => one.key === key) ?? { key, label: columnOf(key).label, detail: "" },
    ),
    ...possible.filter((one) => !chosen.includes(one.key)),
  ].filter((one) => one.label.toLowerCase().includes(wanted.toLowerCase()));
  const toggle = (key: string) =>
    choose(chosen.includes(key) ? chosen.filter((one) => one !== key) : [...chosen, key]);
  const raise = (key: string) => {
    const at = chosen.indexOf(key);
    const next = [...chosen];
    next.splice(at, 1);
    next.splice(at - 1, 0, key);
    choose(next);
  };
  return (
    <Popover position="bottom-end" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Button size="compact-xs" variant="default" leftSection={<IconColumns size={14} />}>
          Columns
        </Button>
      </Popover.Target>
      <Popover.Dropdown p={8} w={260}>
        <TextInput
          size="xs"
          mb={6}
          aria-label="Find a column"
          placeholder="Find a column"
          value={wanted}
          onChange={(event) => setWanted(event.currentTarget.value)}
        />
        <div className="chooser">
          {ordered.slice(0, 200).map((one) => {
            const at = chosen.indexOf(one.key);
            return (
              <div className="row" key={one.key}>
                <Checkbox
                  className="grow"
                  size="xs"
                  label={clip(one.label, 30)}
                  checked={at >= 0}
                  onChange={() => toggle(one.key)}
                />
                <span className="soft">{one.detail}</span>
                {at > 0 && (
                  <ActionIcon
                    size={18}
                    variant="subtle"
                    color="gray"
                    aria-label={`Move ${one.label} left`}
                    onClick={() => raise(one.key)}
                  >
                    <IconArrowUp size={12} />
                  </ActionIcon>
                )}
              </div>
            );
          })}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
