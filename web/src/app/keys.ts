// Keys of the page. Never taken from whoever is typing.
import { useEffect, useRef } from "react";

export type Keys = Record<string, (event: KeyboardEvent) => unknown>;

const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** `j`, `escape`, `mod+k` (⌘ or Ctrl). A handler that returns false lets the key go on. */
export function useKeys(keys: Keys, enabled = true): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    if (!enabled) return;
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey) return;
      const command = event.metaKey || event.ctrlKey;
      const handler = latest.current[`${command ? "mod+" : ""}${event.key.toLowerCase()}`];
      if (!handler) return;
      const free = command || !typing(event.target);
      const inDialog = document.querySelector('[role="dialog"][aria-modal="true"]') !== null;
      if (!free || (inDialog && event.key !== "Escape")) return;
      // Enter on a button presses the button.
      if (
        event.key === "Enter" &&
        event.target instanceof Element &&
        event.target.closest("button, a, [role=menuitem]")
      )
        return;
      if (handler(event) !== false) event.preventDefault();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [enabled]);
}
