// The view's filter as editable chips, or as one line of text: two views of the same words in the address.
import { ActionIcon, Tooltip } from "@mantine/core";
import { IconCode, IconFilter, IconX } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { ApiError } from "../api/client";
import { useKeys } from "../app/keys";
import { useView } from "../app/view";
import { clip } from "../parts/format";
import { ConditionInput } from "./ConditionInput";
import { append, type Condition, quote, remove, replace, split } from "./conditions";
import "./filter.css";

export function FilterBar({ error }: { error?: Error | null }) {
  const { view, change } = useView();
  const filter = view.filter ?? "";
  const [asText, setAsText] = useState(false);
  const [draft, setDraft] = useState("");
  const [edited, setEdited] = useState<{ index: number; text: string } | null>(null);
  const [whole, setWhole] = useState(filter);
  const line = useRef<HTMLInputElement>(null);
  useEffect(() => setWhole(filter), [filter]);
  const set = (text: string) => change({ filter: text.trim() || undefined });

  useKeys({ "/": () => line.current?.focus() });

  const commit = (text: string) => {
    if (text.trim()) set(append(filter, text));
    setDraft("");
  };
  const leaveChip = (text: string) => {
    if (edited && text !== split(filter)[edited.index]?.text)
      set(text.trim() ? replace(filter, edited.index, text.trim()) : remove(filter, edited.index));
    setEdited(null);
  };
  const conditions = split(filter);

  return (
    <search className="filter-bar">
      <div className="filter-line">
        <IconFilter size={15} className="soft" aria-hidden />
        {asText ? (
          <ConditionInput
            input={line}
            single={false}
            text={whole}
            change={setWhole}
            commit={set}
            cancel={() => {
              setWhole(filter);
              line.current?.blur();
            }}
            label="Filter as text"
            placeholder="line:7 passed:false confidence<0.5"
            autoFocus
          />
        ) : (
          <>
            {conditions.map((condition, index) =>
              edited?.index === index ? (
                <span className="chip editing" key={condition.start}>
                  <ConditionInput
                    single
                    text={edited.text}
                    change={(text) => setEdited({ index, text })}
                    commit={leaveChip}
                    cancel={() => setEdited(null)}
                    blur={() => leaveChip(edited.text)}
                    label="Edit condition"
                    autoFocus
                  />
                </span>
              ) : (
                <Chip
                  key={condition.start}
                  condition={condition}
                  edit={() => setEdited({ index, text: condition.text })}
                  drop={() => set(remove(filter, index))}
                />
              ),
            )}
            <ConditionInput
              input={line}
              single
              text={draft}
              change={setDraft}
              commit={commit}
              cancel={() => {
                setDraft("");
                line.current?.blur();
              }}
              back={() => {
                const last = conditions.at(-1);
                if (last) setEdited({ index: conditions.length - 1, text: last.text });
              }}
              label="Add a condition to the filter"
              placeholder={
                conditions.length ? "add a condition…" : "Filter: field, class, model, inference id…  ( / )"
              }
            />
          </>
        )}
        <Tooltip label={asText ? "Edit as chips" : "Edit as text"}>
          <ActionIcon
            variant={asText ? "light" : "subtle"}
            color="gray"
            size={24}
            aria-label={asText ? "Edit as chips" : "Edit as text"}
            aria-pressed={asText}
            onClick={() => setAsText(!asText)}
          >
            <IconCode size={15} />
          </ActionIcon>
        </Tooltip>
        {filter && (
          <ActionIcon
            variant="subtle"
            color="gray"
            size={24}
            aria-label="Clear the filter"
            onClick={() => set("")}
          >
            <IconX size={15} />
          </ActionIcon>
        )}
      </div>
      {error instanceof ApiError && error.status === 400 && (
        <Mistake error={error} filter={filter} set={set} />
      )}
    </search>
  );
}

function Chip(props: { condition: Condition; edit: () => void; drop: () => void }) {
  const { condition } = props;
  const known = condition.name !== null;
  return (
    <span className={`chip ${condition.negated ? "negated" : ""}`}>
      <button
        type="button"
        className="plain clip"
        onClick={props.edit}
        aria-label={`Edit ${clip(condition.text, 60)}`}
      >
        {known ? (
          <>
            <span className="chip-name">
              {condition.negated && "not "}
              {clip(condition.name ?? "", 40)}
            </span>
            <span className="chip-operator">
              {condition.operator === ":" ? " " : ` ${condition.operator} `}
            </span>
            {clip(condition.values.join(", "), 60)}
          </>
        ) : (
          <code>{clip(condition.text, 90)}</code>
        )}
      </button>
      <button
        type="button"
        className="plain chip-drop"
        onClick={props.drop}
        aria-label={`Remove ${clip(condition.text, 60)}`}
      >
        <IconX size={13} />
      </button>
    </span>
  );
}

/** What the server says is wrong, under the spot where it stumbled. */
function Mistake({ error, filter, set }: { error: ApiError; filter: string; set: (text: string) => void }) {
  const column = error.column;
  const better = error.hint?.match(/^did you mean `(.+)`\?$/)?.[1];
  const wrong =
    column === null ? null : filter.slice(column).match(/^(?:"(?:[^"\\]|\\.)*"|[^\s"():=!<>~,]+)/)?.[0];
  const correct =
    better && wrong && column !== null
      ? filter.slice(0, column) + quote(better) + filter.slice(column + wrong.length)
      : null;
  return (
    <div className="mistake" role="alert">
      {column !== null && (
        <pre>
          {filter.slice(Math.max(0, column - 60), column)}
          <mark>{wrong || filter.slice(column, column + 1) || " "}</mark>
          {filter.slice(column + (wrong?.length ?? 1), column + 60)}
        </pre>
      )}
      <span className="bad">{error.message}</span>
      {correct ? (
        <button type="button" className="plain value" onClick={() => set(correct)}>
          {" "}
          {error.hint}
        </button>
      ) : (
        error.hint && <span> {error.hint}</span>
      )}
    </div>
  );
}
