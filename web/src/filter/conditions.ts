// A written filter as a list of chips, and back. Text is the state; chips are cut out of it and spliced into it, so
// what nobody touched is written exactly as the user wrote it. What cannot be cut stays one chip.

export interface Condition {
  /** As written, without the space around it. */
  text: string;
  start: number;
  end: number;
  negated: boolean;
  /** Null where the chip is not a plain `name operator values`. */
  name: string | null;
  operator: string | null;
  values: string[];
}

export const BUILT_INS = [
  "id",
  "model",
  "version",
  "task",
  "class",
  "confidence",
  "detections",
  "latency",
  "device",
  "server",
  "source",
  "tag",
  "error",
  "image",
  "time",
  "deployment",
];

const OPERATORS = /^(!=|<=|>=|:|=|<|>|~)/;
const NAME = /^(?:"(?:[^"\\]|\\.)*"|[^\s"():=!<>~,]+)/;

/** Where the quoted text that opens at `at` ends (behind its closing quote), or the end of an unclosed one. */
function endOfQuote(text: string, at: number): number {
  for (let i = at + 1; i < text.length; i++) {
    if (text[i] === "\\") i++;
    else if (text[i] === '"') return i + 1;
  }
  return text.length;
}

/** Cut at spaces outside quotes and parentheses, except around operators and after NOT. */
function pieces(text: string): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = [];
  let i = 0;
  while (i < text.length) {
    if (/\s/.test(text[i] as string)) {
      i++;
      continue;
    }
    const start = i;
    let depth = 0;
    while (i < text.length) {
      const character = text[i] as string;
      if (character === '"') {
        i = endOfQuote(text, i);
        continue;
      }
      if (character === "(") depth++;
      else if (character === ")") depth--;
      else if (depth <= 0 && /\s/.test(character)) {
        const rest = text.slice(i).trimStart();
        const joined =
          /(?:[:=<>~,]|^-|\bNOT)$/.test(text.slice(start, i)) || OPERATORS.test(rest) || rest.startsWith(",");
        if (!joined || rest === "") break;
        i += text.slice(i).length - rest.length;
        continue;
      }
      i++;
    }
    found.push({ start, end: i });
  }
  return found;
}

export function unquote(text: string): string {
  if (text.length < 2 || !text.startsWith('"') || !text.endsWith('"')) return text;
  return text.slice(1, -1).replace(/\\(.)/g, "$1");
}

/** A value as it must be written: bare where that is safe. */
export function quote(value: string): string {
  const bare = /^[^\s"()[\]:=!<>~,\\*-][^\s"()[\]:=!<>~,\\*]*$/.test(value) || /^-?\d+(\.\d+)?$/.test(value);
  if (bare && !/^(AND|OR|NOT)$/i.test(value)) return value;
  return `"${value.replace(/[\\"]/g, "\\$&")}"`;
}

/** The name by which filters and questions reach a metadata field, also one that bears the name of a built-in. */
export function fieldName(field: string): string {
  return BUILT_INS.includes(field) || field === "has" || field.startsWith("metadata.")
    ? `metadata.${field}`
    : field;
}

/** The metadata field of a name, or null where the name is a built-in's. */
export function fieldOf(name: string): string | null {
  if (name.startsWith("metadata.")) return name.slice("metadata.".length);
  return BUILT_INS.includes(name) ? null : name;
}

function splitValues(text: string): string[] {
  const values: string[] = [];
  let start = 0;
  for (let i = 0; i <= text.length; i++) {
    if (text[i] === '"') i = endOfQuote(text, i) - 1;
    else if (i === text.length || text[i] === ",") {
      values.push(unquote(text.slice(start, i).trim()));
      start = i + 1;
    }
  }
  return values;
}

function read(text: string): Pick<Condition, "negated" | "name" | "operator" | "values"> {
  const sign = text.match(/^(?:-|NOT\s+)/)?.[0] ?? "";
  const negated = sign !== "";
  const nothing = { negated, name: null, operator: null, values: [] };
  let rest = text.slice(sign.length);
  const name = rest.match(NAME)?.[0];
  if (!name) return nothing;
  rest = rest.slice(name.length).trimStart();
  const operator = rest.match(OPERATORS)?.[0];
  if (!operator) return nothing;
  const values = rest.slice(operator.length).trim();
  if (values === "" || /[()]/.test(values.replace(/"(?:[^"\\]|\\.)*"/g, ""))) return nothing;
  return { negated, name: unquote(name), operator, values: splitValues(values) };
}

export function split(text: string): Condition[] {
  const cut = pieces(text);
  const words = cut.map(({ start, end }) => text.slice(start, end));
  const trimmed = text.trim();
  if (words.includes("OR")) {
    const start = text.indexOf(trimmed);
    return [
      {
        text: trimmed,
        start,
        end: start + trimmed.length,
        negated: false,
        name: null,
        operator: null,
        values: [],
      },
    ];
  }
  return cut
    .map(({ start, end }) => ({ text: text.slice(start, end), start, end }))
    .filter((piece) => piece.text !== "AND")
    .map((piece) => ({ ...piece, ...read(piece.text) }));
}

export function join(texts: string[]): string {
  return texts
    .map((text) => text.trim())
    .filter(Boolean)
    .join(" ");
}

export function remove(text: string, index: number): string {
  return join(
    split(text)
      .filter((_, at) => at !== index)
      .map((condition) => condition.text),
  );
}

export function replace(text: string, index: number, by: string): string {
  const condition = split(text)[index];
  return condition ? (text.slice(0, condition.start) + by + text.slice(condition.end)).trim() : text;
}

/** A new condition after what is there. Alternatives written with OR are put in parentheses first. */
export function append(text: string, condition: string): string {
  const before = text.trim();
  const alternatives = pieces(before).some(({ start, end }) => before.slice(start, end) === "OR");
  return join([alternatives ? `(${before})` : before, condition]);
}

const write = (name: string, operator: string, values: string[], negated = false) =>
  `${negated ? "-" : ""}${quote(name)}${operator}${values.map(quote).join(",")}`;

const isEquals = (condition: Condition, name: string) =>
  condition.name === name && (condition.operator === ":" || condition.operator === "=");

const isMissing = (condition: Condition, name: string) =>
  condition.name === "has" && condition.negated && condition.values[0] === name;

const missing = (name: string) => `-has:${quote(name)}`;

/** Longer values are looked for by their beginning: a filter has a limit, and so has an address. */
const LONG = 1000;
const longValue = (name: string, value: string, negated = false) =>
  write(name, "~", [value.slice(0, 200)], negated);

/** Only inferences whose `name` is `value`; null asks for those without it. */
export function filterFor(text: string, name: string, value: string | null): string {
  const kept = split(text)
    .filter((condition) => !isEquals(condition, name) && !isMissing(condition, name))
    .map((condition) => condition.text);
  if (value === null) return append(join(kept), missing(name));
  return append(join(kept), value.length > LONG ? longValue(name, value) : write(name, ":", [value]));
}

export function filterOut(text: string, name: string, value: string | null): string {
  if (value === null) return append(text, `has:${quote(name)}`);
  if (value.length > LONG) return append(text, longValue(name, value, true));
  const conditions = split(text);
  const at = conditions.findIndex((condition) => isEquals(condition, name) && condition.negated);
  const found = conditions[at];
  if (!found) return append(text, write(name, ":", [value], true));
  if (found.values.includes(value)) return text;
  return replace(text, at, write(name, ":", [...found.values, value], true));
}

/** The values that the filter's top level asks of `name`. */
export function chosen(text: string, name: string): string[] {
  return split(text)
    .filter((condition) => isEquals(condition, name) && !condition.negated)
    .flatMap((condition) => condition.values);
}

export const asksMissing = (text: string, name: string) =>
  split(text).some((condition) => isMissing(condition, name));

/** Add `value` to the values asked of `name`, or take it away again. */
export function toggleValue(text: string, name: string, value: string): string {
  if (value.length > LONG) return filterFor(text, name, value);
  const conditions = split(text);
  const at = conditions.findIndex((condition) => isEquals(condition, name) && !condition.negated);
  const found = conditions[at];
  if (!found) {
    const kept = conditions
      .filter((condition) => !isMissing(condition, name))
      .map((condition) => condition.text);
    return append(join(kept), write(name, ":", [value]));
  }
  const values = found.values.includes(value)
    ? found.values.filter((other) => other !== value)
    : [...found.values, value];
  return values.length === 0 ? remove(text, at) : replace(text, at, write(name, ":", values));
}

export function toggleMissing(text: string, name: string): string {
  const conditions = split(text);
  const at = conditions.findIndex((condition) => isMissing(condition, name));
  return at >= 0 ? remove(text, at) : filterFor(text, name, null);
}

/** The comparisons of the filter's top level on `name`, as bounds. */
export function bounds(text: string, name: string): [number | null, number | null] {
  let low: number | null = null;
  let high: number | null = null;
  for (const condition of split(text)) {
    if (condition.negated || condition.name !== name) continue;
    const value = Number.parseFloat(condition.values[0] ?? "");
    if (Number.isNaN(value)) continue;
    if (condition.operator?.startsWith(">")) low = value;
    if (condition.operator?.startsWith("<")) high = value;
  }
  return [low, high];
}

export function setBounds(text: string, name: string, low: number | null, high: number | null): string {
  const kept = split(text)
    .filter(
      (condition) => condition.negated || condition.name !== name || !/^[<>]/.test(condition.operator ?? ""),
    )
    .map((condition) => condition.text);
  const added = [
    low === null ? "" : `${quote(name)}>=${low}`,
    high === null ? "" : `${quote(name)}<=${high}`,
  ];
  return added.reduce((sum, condition) => (condition ? append(sum, condition) : sum), join(kept));
}
