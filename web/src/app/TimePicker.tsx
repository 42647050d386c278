// Quick ranges, absolute ones, one window back and forth, twice as wide.
import { ActionIcon, Button, Popover, TextInput } from "@mantine/core";
import { IconChevronLeft, IconChevronRight, IconClock, IconZoomOut } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { bounds, DEFAULT_START, iso, move, QUICK, words, zoomOut } from "./range";
import { useView } from "./view";

const pad = (value: number) => String(value).padStart(2, "0");

function localInput(milliseconds: number): string {
  const at = new Date(milliseconds);
  return `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}T${pad(at.getHours())}:${pad(at.getMinutes())}`;
}

export function TimePicker(props: { opened: boolean; setOpened: (opened: boolean) => void }) {
  const { view, change } = useView();
  const range = { start: view.start, end: view.end };
  const set = (to: { start?: string; end?: string }) => {
    change({
      start: to.start === DEFAULT_START && !to.end ? undefined : to.start,
      end: to.end,
      ...(to.end ? { live: undefined } : {}),
    });
    props.setOpened(false);
  };
  const [start, end] = bounds(range);
  const title = `${new Date(start).toISOString()} → ${new Date(end).toISOString()} (UTC)`;

  return (
    <div className="row" style={{ gap: 2 }}>
      <ActionIcon
        variant="default"
        size={30}
        aria-label="One window earlier"
        onClick={() => set(move(range, -1))}
      >
        <IconChevronLeft size={15} />
      </ActionIcon>
      <Popover
        opened={props.opened}
        onChange={props.setOpened}
        position="bottom-end"
        trapFocus
        returnFocus
        shadow="md"
      >
        <Popover.Target>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconClock size={14} />}
            onClick={() => props.setOpened(!props.opened)}
            title={title}
            aria-label={`Time range: ${words(range)}`}
          >
            {words(range)}
          </Button>
        </Popover.Target>
        <Popover.Dropdown p={10}>
          <Choices
            set={set}
            start={start}
            end={end}
            current={view.end ? null : (view.start ?? DEFAULT_START)}
          />
        </Popover.Dropdown>
      </Popover>
      <ActionIcon
        variant="default"
        size={30}
        aria-label="One window later"
        disabled={!view.end}
        onClick={() => set(move(range, 1))}
      >
        <IconChevronRight size={15} />
      </ActionIcon>
      <ActionIcon variant="default" size={30} aria-label="Zoom out" onClick={() => set(zoomOut(range))}>
        <IconZoomOut size={15} />
      </ActionIcon>
    </div>
  );
}

function Choices(props: {
  set: (to: { start?: string; end?: string }) => void;
  start: number;
  end: number;
  current: string | null;
}) {
  const [from, setFrom] = useState(localInput(props.start));
  const [to, setTo] = useState(localInput(props.end));
  useEffect(() => {
    setFrom(localInput(props.start));
    setTo(localInput(props.end));
  }, [props.start, props.end]);
  const wrong = !from || !to || new Date(from) >= new Date(to);
  return (
    <div className="row" style={{ alignItems: "flex-start", gap: 14 }}>
      <div className="quick">
        {QUICK.map(([value, label]) => (
          <button
            type="button"
            key={value}
            aria-pressed={value === props.current}
            onClick={() => props.set({ start: value })}
          >
            {label}
          </button>
        ))}
      </div>
      <form
        className="absolute"
        onSubmit={(event) => {
          event.preventDefault();
          if (!wrong) props.set({ start: iso(Date.parse(from)), end: iso(Date.parse(to)) });
        }}
      >
        <TextInput
          size="xs"
          type="datetime-local"
          label="From (local time)"
          value={from}
          onChange={(event) => setFrom(event.currentTarget.value)}
        />
        <TextInput
          size="xs"
          type="datetime-local"
          label="To"
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
          error={wrong ? "must be after the start" : undefined}
        />
        <Button size="xs" type="submit" disabled={wrong}>
          Show
        </Button>
        <p className="soft">Or drag over any chart.</p>
      </form>
    </div>
  );
}
