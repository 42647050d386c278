// Which built-in or field a chart is split by.
import { Select } from "@mantine/core";
import { useMemo } from "react";
import { useWhole } from "../api/questions";
import type { Fields } from "../api/types";
import { fieldName } from "../filter/conditions";

const GROUPABLE = [
  "model",
  "version",
  "task",
  "class",
  "device",
  "server",
  "source",
  "tag",
  "error",
  "deployment",
];

export function useNames(): { group: string; items: string[] }[] {
  const fields = useWhole<Fields>("fields");
  return useMemo(
    () => [
      { group: "Built-in", items: GROUPABLE },
      { group: "Metadata", items: (fields.data?.items ?? []).map((field) => fieldName(field.name)) },
    ],
    [fields.data],
  );
}

export function SplitBy(props: {
  value: string | undefined;
  choose: (name: string | undefined) => void;
  label?: string;
  placeholder?: string;
}) {
  const names = useNames();
  return (
    <Select
      size="xs"
      w={132}
      aria-label={props.label ?? "Split by"}
      placeholder={props.placeholder ?? "Split by…"}
      data={names}
      value={props.value ?? null}
      onChange={(name) => props.choose(name ?? undefined)}
      searchable
      clearable
      limit={200}
      comboboxProps={{ withinPortal: true, width: 220, position: "bottom-end" }}
      nothingFoundMessage="No field of that name"
      clearButtonProps={{ "aria-label": "Do not split" }}
    />
  );
}
