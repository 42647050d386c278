// Numbers and times as people read them. Short in the page, exact on hover.

export const exact = (value: number) => value.toLocaleString("en");

export function short(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  const size = Math.abs(value);
  if (size >= 999_500_000) return `${trim(value / 1e9)}B`;
  if (size >= 999_500) return `${trim(value / 1e6)}M`;
  if (size >= 10_000) return `${trim(value / 1e3)}k`;
  return size >= 100 || Number.isInteger(value) ? Math.round(value).toLocaleString("en") : trim(value);
}

const trim = (value: number) => String(Number(value.toPrecision(3)));

export const percent = (value: number | null | undefined, digits = 1): string =>
  value === null || value === undefined ? "–" : `${(value * 100).toFixed(digits)}%`;

/** Confidence 0 to 1 -> `0.873`. */
export const confidence = (value: number | null | undefined): string =>
  value === null || value === undefined ? "–" : value.toFixed(3);

/** Seconds -> `84 ms`, `1.20 s`. */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return "–";
  if (seconds < 0.0995) return `${trim(seconds * 1000)} ms`;
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  return `${seconds.toFixed(2)} s`;
}

export function change(value: number | null | undefined): string {
  if (value === null || value === undefined) return "new";
  if (Math.abs(value) < 0.0005) return "±0%";
  const size = Math.abs(value) * 100;
  return `${value > 0 ? "+" : "−"}${size >= 1000 ? ">1000" : size.toFixed(size < 10 ? 1 : 0)}%`;
}

const pad = (value: number) => String(value).padStart(2, "0");

export function moment(iso: string | null | undefined, seconds = true): string {
  if (!iso) return "–";
  const at = new Date(iso);
  const day = `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
  return `${day} ${pad(at.getHours())}:${pad(at.getMinutes())}${seconds ? `:${pad(at.getSeconds())}` : ""}`;
}

export function ago(iso: string | null | undefined, now = Date.now()): string {
  if (!iso) return "never";
  const seconds = (now - Date.parse(iso)) / 1000;
  if (seconds < -60) return moment(iso, false);
  if (seconds < 10) return "just now";
  const steps: [number, string][] = [
    [60, "s"],
    [60, "m"],
    [24, "h"],
    [365, "d"],
  ];
  let left = seconds;
  for (const [size, unit] of steps) {
    if (left < size) return `${Math.floor(left)}${unit} ago`;
    left /= size;
  }
  return `${Math.floor(left)}y ago`;
}

/** For cells: at most `size` characters, with what was cut counted. */
export const clip = (text: string, size = 80): string =>
  text.length <= size ? text : `${text.slice(0, size - 1)}…`;
