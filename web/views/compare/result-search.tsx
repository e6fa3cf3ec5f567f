import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { MeasuredRow } from "../../../src/schema/atlas/answers/figures.ts";
import { Isolated } from "../../components/isolated.tsx";
import { suggest, type Suggestion } from "./view-model.ts";

interface ResultSearchProps {
  rows: readonly MeasuredRow[];
  chosen: readonly MeasuredRow[];
  isFull: boolean;
  add: (rowId: string) => void;
}

/** A search box that lists matching results and adds one. */
export function ResultSearch({ rows, chosen, isFull, add }: ResultSearchProps): JSX.Element {
  const [text, setText] = useState("");
  const [active, setActive] = useState(0);
  const found = useMemo(() => suggest(rows, text, chosen), [rows, text, chosen]);
  const isOpen = text.trim() !== "";
  const choose = (rowId: string): void => {
    add(rowId);
    setText("");
    setActive(0);
  };
  const onKey = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && found.length > 0)
      setActive((active + step + found.length) % found.length);
    else if (event.key === "Enter") {
      const rowId = found[active]?.rowId;
      if (rowId !== undefined) choose(rowId);
    } else if (event.key === "Escape") setText("");
    else return;
    event.preventDefault();
  };
  return (
    <div class="combobox">
      <input
        type="text"
        role="combobox"
        aria-label="add a result"
        aria-expanded={isOpen}
        aria-controls="result-suggestions"
        aria-autocomplete="list"
        autocomplete="off"
        placeholder={
          isFull ? "maximum of 20 results" : "add a result: bert nvidia v5.0, or a result id"
        }
        disabled={isFull}
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setActive(0);
        }}
        onKeyDown={onKey}
        {...(isOpen && found.length > 0 ? { "aria-activedescendant": `suggestion-${active}` } : {})}
      />
      {isOpen ? (
        <Suggestions found={found} active={active} {...{ setActive, choose }} />
      ) : undefined}
    </div>
  );
}

interface SuggestionsProps {
  found: readonly Suggestion[];
  active: number;
  setActive: (index: number) => void;
  choose: (rowId: string) => void;
}

function Suggestions({ found, active, setActive, choose }: SuggestionsProps): JSX.Element {
  return (
    <ul id="result-suggestions" role="listbox" aria-label="results found">
      {found.map(({ rowId, title, detail }, index) => (
        <li
          id={`suggestion-${index}`}
          role="option"
          aria-selected={index === active}
          onMouseEnter={() => setActive(index)}
          onMouseDown={(event) => {
            event.preventDefault();
            choose(rowId);
          }}
        >
          <Isolated parts={title} />
          <small>{detail}</small>
        </li>
      ))}
      {found.length === 0 ? <li aria-disabled="true">no results match these words</li> : undefined}
    </ul>
  );
}
