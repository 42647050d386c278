// One colour a value, the same on every page: its place in a colour-blind safe palette follows from its own text.
// Two values of one name that fall on the same place are moved apart, the first seen keeps its place.

export const PALETTE = [
  "#3b82d6", // blue
  "#e8862e", // orange
  "#1fa187", // green
  "#cf5fa0", // pink
  "#e3b505", // yellow
  "#7a63c9", // violet
  "#4fb8e0", // sky
  "#c4513b", // vermilion
  "#8a9a3b", // olive
  "#9c6b4a", // brown
  "#46658c", // slate
];
export const NEUTRAL = "#8b95a5";
export const BAD = "#d4493f";
export const GOOD = "#1fa187";

const FIXED: Record<string, string> = { true: "#1fa187", false: "#e8862e", error: BAD };

/** Who looks at red parts wants them red. */
const NAMED: Record<string, string> = {
  red: "#c4513b",
  orange: "#e8862e",
  yellow: "#e3b505",
  green: "#1fa187",
  blue: "#3b82d6",
  purple: "#7a63c9",
  pink: "#cf5fa0",
  brown: "#9c6b4a",
  black: "#4c525c",
  gray: "#8b95a5",
  grey: "#8b95a5",
  silver: "#a3adba",
  white: "#c3cbd5",
};
const NAMED_IN = new RegExp(`(?:^|[^a-z])(${Object.keys(NAMED).join("|")})(?:[^a-z]|$)`, "i");

export function hash(text: string): number {
  let sum = 2166136261;
  for (let i = 0; i < text.length; i++) {
    sum ^= text.charCodeAt(i);
    sum = Math.imul(sum, 16777619);
  }
  return (sum ^ (sum >>> 15)) >>> 0;
}

/** Values that count up (line 1, 2, 3; edge-01, edge-02) lie side by side, so that they differ wherever they are seen. */
function placeOf(value: string): number {
  const counted = value.match(/^(.{0,40}?)0*(\d{1,4})$/);
  return (counted ? hash(counted[1] ?? "") + Number(counted[2]) : hash(value)) % PALETTE.length;
}

const places = new Map<string, Map<string, number>>();

/** The colour of `value` of `name` (a built-in or a field); null, "(other)" and "(missing)" are grey. */
export function colourOf(name: string, value: string | null): string {
  if (value === null || value === "(other)" || value === "(missing)") return NEUTRAL;
  const fixed = FIXED[value] ?? NAMED[value.match(NAMED_IN)?.[1]?.toLowerCase() ?? ""];
  if (fixed) return fixed;
  let known = places.get(name);
  if (!known) {
    known = new Map();
    places.set(name, known);
  }
  let place = known.get(value);
  if (place === undefined) {
    place = placeOf(value);
    const taken = new Set(known.values());
    if (taken.size < PALETTE.length) while (taken.has(place)) place = (place + 1) % PALETTE.length;
    known.set(value, place);
  }
  return PALETTE[place] as string;
}

/** Settle the colours of several values at once, in an order that does not depend on which came first. */
export function settle(name: string, values: (string | null)[]): void {
  for (const value of [...values].filter((one) => one !== null).sort()) colourOf(name, value);
}
