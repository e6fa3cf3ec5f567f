import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { priceOffers } from "../../../src/planner/search/price-offers.ts";
import { planDefaults } from "../../../src/schema/plan/plan-defaults.ts";
import type { PlanData } from "../../../src/schema/plan/plan-data.ts";
import type { PlanObjective } from "../../../src/schema/plan/run-plan.ts";
import { Prose } from "../../components/prose.tsx";
import { listOf, readPlanTexts, toggled } from "./plan-address.ts";
import { changePlan, planQuery } from "./plan-state.ts";
import { SliderField } from "./slider-field.tsx";
import { counts, dollars, durations, energies, losses, tokenCounts } from "./slider-values.ts";
import type { LimitRanges } from "./view-model.ts";

const tokenRange = { from: 1e9, to: 3e13 };
const lossRange = { from: 1.75, to: 3.5 };
const countRange = { from: 1, to: 16_384 };

/** Everything that a plan can be asked for. */
export function PlanControls({
  data,
  ranges,
  objective,
}: {
  data: PlanData;
  ranges: LimitRanges;
  objective: PlanObjective | undefined;
}): JSX.Element {
  return (
    <form
      class="plan-controls panel"
      aria-label="options of the plan"
      onSubmit={(event) => event.preventDefault()}
    >
      <GoalFields data={data} />
      <fieldset>
        <legend>Limits</legend>
        <SliderField
          label="budget"
          name="budget"
          quantity={dollars}
          range={ranges.usd}
          example="2000usd"
        />
        <SliderField
          label="deadline"
          name="deadline"
          quantity={durations}
          range={ranges.timeMs}
          example="12h"
        />
        <SliderField
          label="energy"
          name="max-energy"
          quantity={energies}
          range={ranges.kwh}
          example="500kWh"
        />
        <SliderField
          label="accelerators"
          name="max-count"
          quantity={counts}
          range={countRange}
          unset={planDefaults.maxCount}
          example="1024"
        />
      </fieldset>
      <ObjectiveField objective={objective} />
      <MachineFields data={data} />
    </form>
  );
}

function GoalFields({ data }: { data: PlanData }): JSX.Element {
  const { goal, tokens, target } = readPlanTexts(planQuery.value);
  const benchmarks = useMemo(() => benchmarkNames(data), [data]);
  const models = useMemo(() => data.models.map(({ name }) => name).toSorted(), [data]);
  const isModel = tokens !== undefined || target !== undefined;
  const known = (isModel ? models : benchmarks).includes(goal);
  const choose = (name: string): void =>
    changePlan(
      benchmarks.includes(name)
        ? { goal: name, tokens: undefined, target: undefined, batch: undefined, offer: undefined }
        : {
            goal: name,
            ...(isModel ? {} : { tokens: defaultTokens }),
            offer: undefined,
          },
    );
  return (
    <fieldset>
      <legend>Train</legend>
      <label class="plan-select">
        benchmark or model
        <select value={goal} onChange={(event) => choose(event.currentTarget.value)}>
          {known ? undefined : <option value={goal}>{goal}</option>}
          <optgroup label="benchmarks, to their target">
            {benchmarks.map((name) => (
              <option value={name}>{name}</option>
            ))}
          </optgroup>
          <optgroup label="models">
            {models.map((name) => (
              <option value={name}>{name}</option>
            ))}
          </optgroup>
        </select>
      </label>
      {isModel ? <AmountFields isLoss={tokens === undefined} /> : undefined}
    </fieldset>
  );
}

const defaultTokens = "1T";
const defaultLoss = "2.20";

function AmountFields({ isLoss }: { isLoss: boolean }): JSX.Element {
  return (
    <>
      <div class="segments" role="radiogroup" aria-label="how long to train">
        {[
          { text: "tokens", isChosen: !isLoss, to: { tokens: defaultTokens, target: undefined } },
          { text: "loss", isChosen: isLoss, to: { tokens: undefined, target: defaultLoss } },
        ].map(({ text, isChosen, to }) => (
          <label>
            <input
              type="radio"
              name="plan-amount"
              checked={isChosen}
              onChange={() => changePlan(to)}
            />
            {text}
          </label>
        ))}
      </div>
      {isLoss ? (
        <SliderField
          label="target loss"
          name="target"
          quantity={losses}
          range={lossRange}
          unset={2.2}
          example="2.1"
        />
      ) : (
        <SliderField
          label="tokens"
          name="tokens"
          quantity={tokenCounts}
          range={tokenRange}
          unset={1e12}
          example="15T"
        />
      )}
    </>
  );
}

const objectives = ["time", "cost", "energy", "balanced"] as const;

function ObjectiveField({ objective }: { objective: PlanObjective | undefined }): JSX.Element {
  return (
    <fieldset>
      <legend>Recommend by</legend>
      <div class="segments">
        {objectives.map((one) => (
          <label>
            <input
              type="radio"
              name="plan-objective"
              checked={one === objective}
              onChange={() => changePlan({ objective: one })}
            />
            {one}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function MachineFields({ data }: { data: PlanData }): JSX.Element {
  const query = planQuery.value;
  const accelerators = useMemo(() => pricedAccelerators(data), [data]);
  const clouds = useMemo(() => providersOf(data), [data]);
  const set = [
    "accelerators",
    "clouds",
    "spot",
    "region",
    "precision",
    "queue",
    "price",
    "no-calibration",
  ].filter((name) => (query[name] ?? "") !== "");
  return (
    <details class="plan-machines" open={set.length > 0}>
      <summary>Machines and prices{set.length === 0 ? "" : ` (${set.length} set)`}</summary>
      <div class="plan-machine-fields">
        <label class="plan-check">
          <input
            type="checkbox"
            checked={query["spot"] === "yes"}
            onChange={(event) =>
              changePlan({ spot: event.currentTarget.checked ? "yes" : undefined })
            }
          />
          spot prices, with their interruptions
        </label>
        <ChoiceField
          label="region"
          name="region"
          empty="any region"
          choices={data.regions.entries.map(({ region }) => region)}
        />
        <ChoiceField
          label="precision"
          name="precision"
          empty="default"
          choices={["bf16", "fp8", "mxfp8", "nvfp4", "fp16", "tf32", "fp32"]}
        />
        <label class="plan-select">
          own prices, dollars per accelerator-hour
          <input
            type="text"
            placeholder="h100-sxm=2.50,b200=4"
            value={query["price"] ?? ""}
            spellcheck={false}
            onChange={(event) =>
              changePlan({ price: event.currentTarget.value.replaceAll(/\s/gu, "") || undefined })
            }
          />
        </label>
        <OwnRunsField data={data} />
        <WordsField label="accelerators" name="accelerators" words={accelerators} />
        <WordsField label="providers" name="clouds" words={clouds} />
      </div>
    </details>
  );
}

/** Whether plans use what was learned from finished runs, and which they were. */
function OwnRunsField({ data: { learnedRuns = [] } }: { data: PlanData }): JSX.Element {
  if (learnedRuns.length === 0)
    return (
      <p class="muted">
        <Prose text="no own runs to calibrate with: `pitwall plan --calibrate <runs>` learns from finished runs that have a plan" />
      </p>
    );
  const runs = learnedRuns.map(
    ({ runId, subject, count, accelerator }) => `${runId} (${subject}, ${count} x ${accelerator})`,
  );
  return (
    <>
      <label class="plan-check">
        <input
          type="checkbox"
          checked={planQuery.value["no-calibration"] !== "yes"}
          onChange={(event) =>
            changePlan({ "no-calibration": event.currentTarget.checked ? undefined : "yes" })
          }
        />
        calibrated by {learnedRuns.length === 1 ? "1 run" : `${learnedRuns.length} runs`} of yours
      </label>
      <ul class="chart-notes">
        {runs.map((run) => (
          <li key={run}>{run}</li>
        ))}
      </ul>
    </>
  );
}

function ChoiceField({
  label,
  name,
  empty,
  choices,
}: {
  label: string;
  name: "region" | "precision";
  empty: string;
  choices: readonly string[];
}): JSX.Element {
  const chosen = planQuery.value[name] ?? "";
  return (
    <label class="plan-select">
      {label}
      <select
        value={chosen}
        onChange={(event) => changePlan({ [name]: event.currentTarget.value || undefined })}
      >
        <option value="">{empty}</option>
        {chosen === "" || choices.includes(chosen) ? undefined : (
          <option value={chosen}>{chosen}</option>
        )}
        {choices.map((choice) => (
          <option value={choice}>{choice}</option>
        ))}
      </select>
    </label>
  );
}

/** Words of a list; none chosen means all. */
function WordsField({
  label,
  name,
  words,
}: {
  label: string;
  name: "accelerators" | "clouds";
  words: readonly string[];
}): JSX.Element {
  const text = planQuery.value[name];
  const chosen = listOf(text);
  // A start of a name stands for all of its variants.
  const isChosen = (word: string): boolean =>
    chosen.some((one) => word === one || word.startsWith(`${one}-`));
  return (
    <fieldset class="plan-words">
      <legend>
        {label}: {chosen.length === 0 ? "all" : chosen.join(", ")}
      </legend>
      {words.map((word) => (
        <button
          type="button"
          data-kind="quiet"
          aria-pressed={isChosen(word)}
          onClick={() => changePlan({ [name]: toggled(text, word) || undefined })}
        >
          {word}
        </button>
      ))}
    </fieldset>
  );
}

/** Benchmarks of MLPerf Training with results, newest first. */
function benchmarkNames({ rows }: PlanData): string[] {
  const newest = new Map<string, string>();
  for (const { suite, benchmark, publishedOn = "" } of rows)
    if (suite === "mlperf-training" && publishedOn > (newest.get(benchmark) ?? ""))
      newest.set(benchmark, publishedOn);
  return [...newest]
    .toSorted(([a, on], [b, other]) => other.localeCompare(on) || a.localeCompare(b))
    .map(([name]) => name);
}

function pricedAccelerators({ accelerators, entries }: PlanData): string[] {
  const priced = priceOffers(entries, { clouds: [], spot: true });
  return accelerators
    .filter(({ name }) => priced.has(name))
    .toSorted((a, b) => b.year - a.year || a.name.localeCompare(b.name))
    .map(({ name }) => name);
}

function providersOf({ entries }: PlanData): string[] {
  return [...new Set(entries.map(({ provider }) => provider))].toSorted();
}
