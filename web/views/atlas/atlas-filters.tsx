import type { ComponentChildren, JSX } from "preact";
import type { MeasuredRow } from "../../../src/schema/atlas/answers/figures.ts";
import { measures, type Measure } from "../../../src/schema/atlas/answers/figures.ts";
import { storeInAddress } from "../../router.ts";
import {
  type AtlasView,
  benchmarkChoices,
  fieldChoices,
  type FilterField,
  filterFields,
} from "./atlas-view.ts";

const measureWords: Readonly<Record<Measure, string>> = {
  system: "time",
  chip: "per chip",
  dollar: "dollars",
  kwh: "energy",
};

const allWords: Readonly<Record<FilterField, string>> = {
  round: "all rounds",
  submitter: "all submitters",
  accelerator: "all accelerators",
  division: "both",
  availability: "any",
};

/** Selects the benchmark and the filters, which are stored in the address. */
export function AtlasFilters({
  view,
  rows,
  fields = filterFields,
  children,
}: {
  view: AtlasView;
  rows: readonly MeasuredRow[];
  /** By default all. */
  fields?: readonly FilterField[];
  /** Further choices. */
  children?: ComponentChildren;
}): JSX.Element {
  return (
    <form class="atlas-filters" role="search" onSubmit={(event) => event.preventDefault()}>
      <BenchmarkChoice view={view} rows={rows} />
      {fields.map((field) => (
        <Choice
          key={field}
          field={field}
          value={view.filter[field] ?? ""}
          choices={fieldChoices(rows, view.benchmark, field)}
        />
      ))}
      {hasMiddleRuns(view, rows) ? <ScoresChoice view={view} /> : undefined}
      {children}
      {hasFilter(view) ? (
        <button
          type="button"
          data-kind="quiet"
          class="end"
          onClick={() =>
            storeInAddress(Object.fromEntries(filterFields.map((field) => [field, undefined])), {
              asStep: true,
            })
          }
        >
          show all
        </button>
      ) : undefined}
    </form>
  );
}

/** Selects the measure of the figures. */
export function MeasureChoice({ view }: { view: AtlasView }): JSX.Element {
  return (
    <fieldset class="segments">
      <legend class="hidden-text">measure</legend>
      {measures.map((measure) => (
        <label>
          <input
            type="radio"
            name="measure"
            checked={measure === view.measure}
            onChange={() =>
              storeInAddress(
                { per: measure === "system" ? undefined : measure, sort: undefined },
                { asStep: true },
              )
            }
          />
          {measureWords[measure]}
        </label>
      ))}
    </fieldset>
  );
}

function hasFilter({ filter }: AtlasView): boolean {
  return filterFields.some((field) => filter[field] !== undefined);
}

function ScoresChoice({ view }: { view: AtlasView }): JSX.Element {
  return (
    <label>
      <input
        type="checkbox"
        checked={view.filter.scores === "official"}
        onChange={(event) =>
          storeInAddress(
            { scores: event.currentTarget.checked ? "official" : undefined },
            { asStep: true },
          )
        }
      />
      official scores only
    </label>
  );
}

/** Whether the benchmark has rows that give a middle run instead of a score. */
function hasMiddleRuns({ benchmark }: AtlasView, rows: readonly MeasuredRow[]): boolean {
  return rows.some(({ row }) => row.benchmark === benchmark && row.scoreKind === "middle-run");
}

function BenchmarkChoice({
  view,
  rows,
}: {
  view: AtlasView;
  rows: readonly MeasuredRow[];
}): JSX.Element {
  const choices = benchmarkChoices(rows);
  const isKnown = choices.some(({ name }) => name === view.benchmark);
  return (
    <label>
      benchmark
      <select
        aria-label="benchmark"
        value={view.benchmark}
        onChange={(event) =>
          storeInAddress({ benchmark: event.currentTarget.value, row: undefined }, { asStep: true })
        }
      >
        {isKnown ? undefined : <option value={view.benchmark}>{view.benchmark}</option>}
        {choices.map(({ name, count, isOwn }) => (
          <option value={name}>{`${name} (${isOwn ? "yours, " : ""}${count})`}</option>
        ))}
      </select>
    </label>
  );
}

function Choice({
  field,
  value,
  choices,
}: {
  field: FilterField;
  value: string;
  choices: readonly string[];
}): JSX.Element {
  // As on the command line, the address may contain a pattern or several names.
  const known = value === "" || choices.includes(value) ? choices : [value, ...choices];
  return (
    <label>
      {field}
      <select
        aria-label={field}
        value={value}
        onChange={(event) =>
          storeInAddress({ [field]: event.currentTarget.value }, { asStep: true })
        }
      >
        <option value="">{allWords[field]}</option>
        {known.map((choice) => (
          <option value={choice}>{choice}</option>
        ))}
      </select>
    </label>
  );
}
