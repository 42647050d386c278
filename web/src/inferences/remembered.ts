// What this browser remembers of a workspace: chosen columns, pinned and folded facets.
import { useState } from "react";
import { useWorkspace } from "../app/view";

export function useRemembered<T>(what: string, otherwise: T): [T, (value: T) => void] {
  const key = `sightline:${useWorkspace()}:${what}`;
  const [value, setValue] = useState<T>(() => read(key) ?? otherwise);
  const remember = (next: T) => {
    setValue(next);
    try {
      localStorage.setItem(key, JSON.stringify(next));
    } catch {
      // A full or forbidden storage only means that nothing is remembered.
    }
  };
  return [value, remember];
}

function read<T>(key: string): T | null {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null") as T | null;
  } catch {
    return null;
  }
}
