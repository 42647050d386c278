// What may come next at the caret: a name, an operator, or a value.
import { fieldName, quote } from "./conditions";
import { endOfToken, type Spot, spotAt } from "./spot";

export interface Suggestion {
  /** What the list shows. */
  label: string;
  detail?: string;
  /** What replaces the text from `from` to `to`. */
  insert: string;
  from: number;
  to: number;
}

export interface Known {
  name: string;
  written: string;
  type: string | null;
  detail: string;
}

const COMPARISONS: Record<string, string> = {
  ":": "is (one of)",
  "!=": "is not",
  "~": "contains",
  ">": "more than",
  ">=": "at least",
  "<": "less than",
  "<=": "at most",
};
const NUMBERS = ["confidence", "detections", "latency", "time"];

export const BUILT_IN_NAMES: Known[] = [
  ["model", "text", "model and version, parts/3"],
  ["class", "text", "any detection of the class"],
  ["confidence", "number", "of any detection"],
  ["device", "text", "where it ran"],
  ["latency", "number", "seconds; 0.2s, 150ms"],
  ["detections", "number", "how many"],
  ["error", "text", "what failed"],
  ["version", "text", "of the model"],
  ["task", "text", "of the model"],
  ["source", "text", "who asked"],
  ["server", "text", "id of the inference server"],
  ["tag", "text", "of the inference server"],
  ["deployment", "text", "self-hosted, hosted, native"],
  ["id", "text", "inference_id"],
  ["time", "timestamp", "when it ended"],
  ["has", "text", "a field is present"],
].map(([name = "", type = null, detail = ""]) => ({ name, written: name, type, detail }));

export const knownField = (name: string, type: string, detail: string): Known => ({
  name,
  written: quote(fieldName(name)),
  type,
  detail,
});

const operatorsOf = (known: Known): string[] => {
  if (known.name === "has") return [":"];
  if (known.type === "number" || known.type === "timestamp" || NUMBERS.includes(known.name))
    return [":", ">", ">=", "<", "<=", "!="];
  return [":", "!=", "~"];
};

export function suggestNames(text: string, caret: number, known: Known[]): Suggestion[] {
  const spot = spotAt(text, caret);
  if (spot.kind !== "name") return [];
  const wanted = spot.prefix.toLowerCase();
  const to = endOfToken(text, caret);
  const starts = known.filter((one) => one.name.toLowerCase().startsWith(wanted));
  const contains = known.filter(
    (one) => !one.name.toLowerCase().startsWith(wanted) && one.name.toLowerCase().includes(wanted),
  );
  const exact = known.find((one) => one.name === spot.prefix || one.written === spot.prefix);
  const operators = exact
    ? operatorsOf(exact).map((operator) => ({
        label: `${exact.name} ${operator}`,
        detail: COMPARISONS[operator],
        insert: exact.written + operator,
        from: spot.from,
        to,
      }))
    : [];
  const names = [...starts, ...contains]
    .filter((one) => one !== exact)
    .slice(0, 50)
    .map((one) => ({
      label: one.name,
      detail: one.detail,
      insert: `${one.written}${operatorsOf(one).length === 1 || one.type !== "number" ? ":" : ""}`,
      from: spot.from,
      to,
    }));
  return [...operators, ...names];
}

export function suggestValues(
  text: string,
  caret: number,
  spot: Spot,
  values: { value: string; count: number | null }[],
): Suggestion[] {
  const to = endOfToken(text, caret);
  return values.map(({ value, count }) => ({
    label: value,
    detail: count === null ? undefined : count.toLocaleString("en"),
    insert: quote(spot.name === "has" ? fieldName(value) : value),
    from: spot.from,
    to,
  }));
}

export function accept(text: string, suggestion: Suggestion): { text: string; caret: number } {
  const written = text.slice(0, suggestion.from) + suggestion.insert + text.slice(suggestion.to);
  return { text: written, caret: suggestion.from + suggestion.insert.length };
}
