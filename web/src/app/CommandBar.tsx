// ⌘K: go to a page, open an inference by its id, filter by what was written, look at a field.
import { Modal, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { type KeyboardEvent, useState } from "react";
import { useWhole } from "../api/questions";
import type { Fields } from "../api/types";
import { QUICK } from "./range";
import { useView } from "./view";

interface Command {
  label: string;
  detail: string;
  run: () => void;
}

const PAGES: [string, string][] = [
  ["overview", "Overview"],
  ["inferences", "Inferences"],
  ["models", "Models"],
  ["fields", "Fields"],
  ["explore", "Explore"],
  ["start", "Get started"],
  ["settings", "Settings"],
];

export function CommandBar({ opened, close }: { opened: boolean; close: () => void }) {
  return (
    <Modal.Root opened={opened} onClose={close} size={560} yOffset="12vh" lockScroll={false}>
      <Modal.Overlay />
      <Modal.Content aria-label="Command bar">
        <Modal.Body p={0}>{opened && <Commands close={close} />}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

function Commands({ close }: { close: () => void }) {
  const { go, change } = useView();
  const fields = useWhole<Fields>("fields");
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const wanted = text.trim().toLowerCase();

  const fixed: Command[] = [
    ...PAGES.map(([page, label]) => ({ label, detail: "page", run: () => go(page) })),
    ...QUICK.map(([start, label]) => ({
      label,
      detail: "time range",
      run: () => change({ start, end: undefined }),
    })),
    ...(fields.data?.items ?? []).map((field) => ({
      label: field.name,
      detail: "field",
      run: () => go("fields", { field: field.name }),
    })),
  ];
  const found = fixed.filter((command) => command.label.toLowerCase().includes(wanted)).slice(0, 12);
  if (wanted) {
    const filter = text.trim();
    if (/[:=<>~(]/.test(filter))
      found.unshift({ label: filter, detail: "filter inferences", run: () => go("inferences", { filter }) });
    else if (filter.length >= 6)
      found.push({
        label: filter,
        detail: "open inference by id",
        run: () => go("inferences", { open: filter }),
      });
  }
  const current = Math.min(at, found.length - 1);

  const press = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      setAt((current + step + found.length) % Math.max(1, found.length));
    }
    if (event.key === "Enter" && found[current]) {
      event.preventDefault();
      close();
      found[current].run();
    }
  };

  return (
    <>
      <TextInput
        data-autofocus
        size="md"
        variant="unstyled"
        px={12}
        aria-label="Command"
        role="combobox"
        aria-expanded
        aria-controls="commands"
        aria-activedescendant={found[current] ? `command-${current}` : undefined}
        placeholder="Page, field, filter or inference id"
        leftSection={<IconSearch size={16} />}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={press}
      />
      <div role="listbox" id="commands" aria-label="Commands" className="options commands">
        {found.map((command, index) => (
          <div
            key={`${command.detail} ${command.label}`}
            id={`command-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === current}
            onMouseDown={(event) => {
              event.preventDefault();
              close();
              command.run();
            }}
          >
            <span className="clip grow">{command.label}</span>
            <span className="soft">{command.detail}</span>
          </div>
        ))}
        {found.length === 0 && <p className="nothing">Nothing of that name</p>}
      </div>
    </>
  );
}
