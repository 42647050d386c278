// Time ranges: relative ones stay relative, so that a shared link means the same words tomorrow.

export const QUICK: [string, string][] = [
  ["-15m", "Last 15 minutes"],
  ["-1h", "Last hour"],
  ["-6h", "Last 6 hours"],
  ["-24h", "Last 24 hours"],
  ["-7d", "Last 7 days"],
  ["-30d", "Last 30 days"],
  ["-90d", "Last 90 days"],
];
export const DEFAULT_START = "-7d";

export interface Range {
  start?: string;
  end?: string;
}

const UNITS: Record<string, number> = { s: 1e3, m: 6e4, h: 36e5, d: 864e5, w: 6048e5 };

/** Relative or ISO 8601 -> milliseconds since the epoch; `otherwise` where it is neither. */
export function resolve(text: string | undefined, now: number, otherwise: number): number {
  if (!text) return otherwise;
  if (text === "now") return now;
  const relative = text.match(/^-(\d{1,6})([smhdw])$/);
  if (relative) return now - Number(relative[1]) * (UNITS[relative[2] as string] as number);
  const at = Date.parse(text);
  return Number.isNaN(at) ? otherwise : at;
}

export function bounds(range: Range, now = Date.now()): [number, number] {
  const end = resolve(range.end, now, now);
  return [resolve(range.start, now, resolve(DEFAULT_START, now, now)), end];
}

export const iso = (milliseconds: number) => new Date(milliseconds).toISOString().replace(/\.\d+Z$/, "Z");

/** One window back (-1) or forth (1); forth past now comes back to a relative range of the same length. */
export function move(range: Range, direction: 1 | -1, now = Date.now()): Range {
  const [start, end] = bounds(range, now);
  const length = end - start;
  if (direction > 0 && end + length >= now - 1000) return latest(length);
  return { start: iso(start + direction * length), end: iso(end + direction * length) };
}

/** Twice the length around the middle, not past now. */
export function zoomOut(range: Range, now = Date.now()): Range {
  const [start, end] = bounds(range, now);
  const length = end - start;
  if (!range.end || end + length / 2 >= now) return latest(length * 2);
  return { start: iso(start - length / 2), end: iso(end + length / 2) };
}

function latest(length: number): Range {
  const minutes = Math.max(1, Math.round(length / 6e4));
  if (minutes % 1440 === 0) return { start: `-${minutes / 1440}d` };
  if (minutes % 60 === 0) return { start: `-${minutes / 60}h` };
  return { start: `-${minutes}m` };
}

export function words(range: Range): string {
  const start = range.start ?? DEFAULT_START;
  if (!range.end) {
    const quick = QUICK.find(([value]) => value === start);
    if (quick) return quick[1];
    const relative = start.match(/^-(\d+)([smhdw])$/);
    if (relative) {
      const units: Record<string, string> = { s: "seconds", m: "minutes", h: "hours", d: "days", w: "weeks" };
      return `Last ${relative[1]} ${units[relative[2] as string]}`;
    }
  }
  return `${local(start)} → ${range.end ? local(range.end) : "now"}`;
}

function local(text: string): string {
  const at = Date.parse(text);
  if (Number.isNaN(at)) return text;
  return new Date(at).toLocaleString([], {
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
  });
}
