// A line of written filter with completion: names, then operators, then values with their counts.
import { type KeyboardEvent, type Ref, useId, useMemo, useState } from "react";
import { useWhole } from "../api/questions";
import type { Facet, Fields, FieldValues } from "../api/types";
import { percent } from "../parts/format";
import {
  accept,
  BUILT_IN_NAMES,
  type Known,
  knownField,
  type Suggestion,
  suggestNames,
  suggestValues,
} from "./completion";
import { fieldOf } from "./conditions";
import { spotAt } from "./spot";

export function useKnown(): Known[] {
  const fields = useWhole<Fields>("fields");
  return useMemo(
    () => [
      ...(fields.data?.items ?? []).map((field) =>
        knownField(field.name, field.type, `${field.type} · ${percent(field.coverage, 0)}`),
      ),
      ...BUILT_IN_NAMES,
    ],
    [fields.data],
  );
}

function useSuggestions(text: string, caret: number, active: boolean): Suggestion[] {
  const known = useKnown();
  const spot = spotAt(text, caret);
  const valued = active && spot.kind === "value" && spot.name !== "has" ? spot.name : null;
  const field = valued === null ? null : fieldOf(valued);
  const ofField = useWhole<FieldValues>(
    `fields/${encodeURIComponent(field ?? "")}/values`,
    { prefix: spot.prefix, limit: 20 },
    { enabled: field !== null && known.some((one) => one.name === field) },
  );
  const builtIn = valued !== null && field === null && !["id", "time"].includes(valued);
  const ofBuiltIn = useWhole<{ items: Facet[] }>(
    "facets",
    { names: valued, limit: 50 },
    { enabled: builtIn },
  );
  if (!active) return [];
  if (spot.kind === "name") return suggestNames(text, caret, known);
  if (spot.name === "has") {
    const fields = known.filter(
      (one) => one.name !== "has" && one.name.toLowerCase().startsWith(spot.prefix.toLowerCase()),
    );
    return suggestValues(
      text,
      caret,
      spot,
      fields.slice(0, 30).map((one) => ({ value: one.name, count: null })),
    );
  }
  const values =
    field !== null ? ofField.data?.items : builtIn ? ofBuiltIn.data?.items[0]?.values : undefined;
  const wanted = (values ?? []).filter(({ value }) =>
    value.toLowerCase().startsWith(spot.prefix.toLowerCase()),
  );
  return suggestValues(text, caret, spot, wanted.slice(0, 20));
}

export function ConditionInput(props: {
  text: string;
  change: (text: string) => void;
  commit: (text: string) => void;
  cancel: () => void;
  /** Backspace in an empty line. */
  back?: () => void;
  /** Choosing a value ends the condition. */
  single: boolean;
  label: string;
  placeholder?: string;
  autoFocus?: boolean;
  blur?: () => void;
  input?: Ref<HTMLInputElement>;
}) {
  const { text } = props;
  const [caret, setCaret] = useState(text.length);
  const [focused, setFocused] = useState(false);
  const [closed, setClosed] = useState(false);
  const [picked, setPicked] = useState<number | null>(null);
  const id = useId();
  const found = useSuggestions(text, caret, focused && !closed);
  const spot = spotAt(text, caret);
  const first = spot.kind === "name" && spot.prefix !== "" ? 0 : -1;
  const at = Math.min(picked ?? first, found.length - 1);

  const take = (suggestion: Suggestion) => {
    const next = accept(text, suggestion);
    setPicked(null);
    setCaret(next.caret);
    if (spot.kind === "value" && props.single) props.commit(next.text);
    else props.change(next.text);
  };

  const press = (event: KeyboardEvent<HTMLInputElement>) => {
    const chosen = found[at];
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      setClosed(false);
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (found.length) setPicked((at + step + found.length) % found.length);
    } else if (event.key === "Tab" && !event.shiftKey && text !== "" && (chosen ?? found[0])) {
      event.preventDefault();
      take((chosen ?? found[0]) as Suggestion);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (chosen) take(chosen);
      else props.commit(text);
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      if (found.length && !closed) setClosed(true);
      else props.cancel();
    } else if (event.key === "Backspace" && text === "") {
      props.back?.();
    }
  };

  return (
    <div className="condition-input grow">
      <input
        ref={props.input}
        type="text"
        value={text}
        aria-label={props.label}
        placeholder={props.placeholder}
        spellCheck={false}
        autoComplete="off"
        autoCapitalize="off"
        // biome-ignore lint/a11y/noAutofocus: it appears because the user asked to edit
        autoFocus={props.autoFocus}
        role="combobox"
        aria-expanded={found.length > 0}
        aria-controls={id}
        aria-autocomplete="list"
        aria-activedescendant={at >= 0 ? `${id}-${at}` : undefined}
        onChange={(event) => {
          setCaret(event.currentTarget.selectionStart ?? event.currentTarget.value.length);
          setPicked(null);
          setClosed(false);
          props.change(event.currentTarget.value);
        }}
        onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? 0)}
        onFocus={() => setFocused(true)}
        onBlur={() => {
          setFocused(false);
          setClosed(false);
          props.blur?.();
        }}
        onKeyDown={press}
      />
      <div
        id={id}
        role="listbox"
        aria-label="Suggestions"
        className={found.length > 0 ? "options suggestions" : "options suggestions none"}
      >
        {found.map((suggestion, index) => (
          <div
            key={suggestion.insert}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            ref={index === at ? (element) => element?.scrollIntoView({ block: "nearest" }) : undefined}
            onMouseDown={(event) => {
              event.preventDefault();
              take(suggestion);
            }}
          >
            <span className="clip grow">{suggestion.label}</span>
            {suggestion.detail && <span className="soft">{suggestion.detail}</span>}
          </div>
        ))}
      </div>
    </div>
  );
}
