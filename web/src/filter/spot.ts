// Where in a written filter the caret stands.
import { unquote } from "./conditions";

export interface Spot {
  kind: "name" | "value";
  /** The condition's name, plain, where `kind` is value. */
  name: string | null;
  operator: string | null;
  /** What is written of the name or value so far, without its opening quote. */
  prefix: string;
  /** Where that begins. */
  from: number;
}

/** The start of the token that holds the caret: behind the last space or parenthesis outside quotes. */
function startOfToken(text: string, caret: number): number {
  let start = 0;
  for (let i = 0; i < caret; i++) {
    const character = text[i] as string;
    if (character === '"') {
      i++;
      while (i < caret && text[i] !== '"') i += text[i] === "\\" ? 2 : 1;
    } else if (/[\s()]/.test(character)) {
      start = i + 1;
    }
  }
  return start;
}

/** Up to where a suggestion replaces what stands behind the caret. */
export function endOfToken(text: string, caret: number): number {
  let end = caret;
  while (end < text.length && !/[\s(),:=<>~!]/.test(text[end] as string)) end++;
  return end;
}

export function spotAt(text: string, caret: number): Spot {
  let start = startOfToken(text, caret);
  if (text[start] === "-") start++;
  const token = text.slice(start, caret);
  const head = token.match(
    /^("(?:[^"\\]|\\.)*"|[^\s"():=!<>~,]+)(!=|<=|>=|:|=|<|>|~)((?:"(?:[^"\\]|\\.)*"|[^",])*,)*/,
  );
  if (!head) return { kind: "name", name: null, operator: null, prefix: unquoteOpen(token), from: start };
  const [whole, name = "", operator = ""] = head;
  return {
    kind: "value",
    name: unquote(name),
    operator,
    prefix: unquoteOpen(token.slice(whole.length)),
    from: start + whole.length,
  };
}

function unquoteOpen(text: string): string {
  if (!text.startsWith('"')) return text;
  return text.length > 1 && text.endsWith('"') ? unquote(text) : text.slice(1).replace(/\\(.)/g, "$1");
}
