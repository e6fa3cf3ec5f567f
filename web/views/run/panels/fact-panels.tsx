import { jobSize } from "../header/job-size.ts";
import {
  acceleratorsText,
  hasAccelerators,
} from "../../../../src/report/runs/card/accelerators-text.ts";
import type { JSX } from "preact";
import {
  formatBytes,
  formatDuration,
  formatSignificant,
  formatUsd,
} from "../../../../src/foundation/numbers/units.ts";
import { describeFinding } from "../../../../src/report/findings/describe-finding.ts";
import { conditionsText } from "../../../../src/report/runs/page/conditions-text.ts";
import { hostClockLines } from "../../../../src/report/runs/timeline/host-clock-text.ts";
import { describeIntegrity } from "../../../../src/report/runs/facts/describe-integrity.ts";
import {
  hasKnownSeed,
  logTimesText,
  startableText,
} from "../../../../src/report/runs/facts/origin-text.ts";
import { isJudged } from "../../../../src/schema/run/outcome/is-judged.ts";
import type { RunDetail } from "../../../../src/schema/dashboard/run-detail.ts";
import { Isolated } from "../../../components/isolated.tsx";
import { Gauge } from "../../../components/figures/gauge.tsx";
import { Prose } from "../../../components/prose.tsx";
import { Panel } from "../../../components/panel.tsx";
import { timelineLines } from "../../../../src/report/runs/timeline/timeline.ts";
import type { RunRules } from "../../../../src/schema/run/outcome/run-rules.ts";
import { checklistItems } from "./checklist-items.ts";
import { lifecycleMood } from "../header/lifecycle-mood.ts";
import { budgetLines } from "../view-model.ts";

/** Cost, time, and samples against their limits, with their predicted values at the target. */
export function BudgetPanel({ detail }: { detail: RunDetail }): JSX.Element {
  const { price, priceUnitCount } = detail;
  const isOver = detail.state.kind !== "running";
  const note =
    price === undefined
      ? "no price given; use --price"
      : `${formatUsd(price.usdPerHour)}/h per ${price.per}${priceUnitCount === undefined ? "" : ` × ${priceUnitCount}`}; ${price.source}, ${price.date}`;
  return (
    <Panel title="Cost against budget" state={{ kind: "ready" }} note={note}>
      <table class="budget">
        <thead>
          <tr>
            <th scope="col" class="left">
              what
            </th>
            <th scope="col">{isOver ? "used" : "so far"}</th>
            {isOver ? undefined : <th scope="col">at target</th>}
            <th scope="col">limit</th>
          </tr>
        </thead>
        <tbody>
          {budgetLines(detail).map(({ label, used, expected, limit, fraction }) => (
            <tr>
              <th scope="row" class="left">
                {label}
                {fraction === undefined ? undefined : (
                  <Gauge
                    fraction={fraction}
                    isOver={fraction > 1}
                    label={`${label}: ${Math.round(fraction * 100)} % of the limit`}
                  />
                )}
              </th>
              <td>{used}</td>
              {isOver ? undefined : <td class="predicted">{expected}</td>}
              <td class="muted">{limit}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

interface RulesProps {
  rules: RunDetail["rules"];
  /** Of a run that has ended. */
  verdict: RunRules | undefined;
}

const ruleSigns = { waiting: "…", met: "✓", broken: "✗" } as const;
const ruleMoods = { waiting: "muted", met: "good", broken: "bad" } as const;

/** The rules checklist: of the log so far, and at the end as the verdict says. */
export function RulesPanel({ rules, verdict }: RulesProps): JSX.Element {
  const items = checklistItems(rules?.items ?? [], verdict);
  const count = (state: "met" | "broken"): number =>
    items.filter((item) => item.state === state).length;
  const edition = rules?.edition ?? "general checks";
  return (
    <Panel
      title="Rules"
      state={
        rules === undefined
          ? {
              kind: "empty",
              text: "No rules checked yet.",
              command: "pitwall check last",
            }
          : { kind: "ready" }
      }
      note={
        rules === undefined
          ? undefined
          : `${edition}: ${count("met")} of ${items.length} met${count("broken") > 0 ? `, ${count("broken")} broken` : ""}`
      }
    >
      <ul class="checklist scroll-box" tabIndex={0} aria-label="rules">
        {items.map(({ rule, text, state, line }) => (
          <li key={rule}>
            <span class={ruleMoods[state]} role="img" aria-label={state}>
              {ruleSigns[state]}
            </span>
            <span>
              <Prose text={text} />
              {line === undefined ? undefined : <span class="muted"> line {line}</span>}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** Lifecycle events of the run, and its findings. */
export function EventsPanel({ detail }: { detail: RunDetail }): JSX.Element {
  const { result } = detail;
  const run = {
    isOneRank: detail.job.ranks.length <= 1,
    isJudged: detail.result === undefined || isJudged(detail.result),
    isImported: detail.request.startable.kind === "imported",
    showsAllRanks: false,
  };
  const lines = timelineLines(detail.events, run);
  const startMs = lines[0]?.timeMs ?? 0;
  return (
    <Panel
      title="Events"
      state={lines.length === 0 ? { kind: "empty", text: "No events yet." } : { kind: "ready" }}
    >
      <ol class="events scroll-box" tabIndex={0} aria-label="events">
        {lines.map(({ timeMs, event, text }, index) => (
          <li key={index}>
            <time
              dateTime={new Date(timeMs).toISOString()}
              title={new Date(timeMs).toLocaleString()}
            >
              +{formatDuration(timeMs - startMs)}
            </time>
            <span class={`mood-${lifecycleMood(event, run)}`}>
              <Prose text={text} />
            </span>
          </li>
        ))}
      </ol>
      {(result?.findings ?? []).map((finding) => {
        const { message, hint } = describeFinding(finding, detail.runId);
        return (
          <p class="finding">
            <strong class="warn">
              <Prose text={message} />
            </strong>
            {hint === undefined ? undefined : (
              <span class="muted finding-hint">
                <Prose text={hint} />
              </span>
            )}
          </p>
        );
      })}
    </Panel>
  );
}

/** System and software of the run, and the integrity of its record. */
export function SystemPanel({ detail }: { detail: RunDetail }): JSX.Element {
  return (
    <Panel title="System and environment" state={{ kind: "ready" }} class="system">
      <dl class="facts">
        {systemFacts(detail).map(([label, parts]) => (
          <>
            <dt>{label}</dt>
            <dd>
              <Isolated parts={parts} />
            </dd>
          </>
        ))}
      </dl>
    </Panel>
  );
}

/** Hosts and ranks with the names of hosts, if there is more than one rank. */
function jobText(job: RunDetail["job"]): string {
  const size = jobSize(job);
  return size === undefined ? "" : `${size}: ${job.hosts.join(", ")}`;
}

type System = RunDetail["request"]["system"];

function nodesText({ number_of_nodes: count }: System): string {
  return `${count} ${count === 1 ? "node" : "nodes"}`;
}

function acceleratorsOf(system: System): string {
  return hasAccelerators(system) ? acceleratorsText(system) : "none";
}

function systemFacts(detail: RunDetail): [label: string, parts: readonly string[]][] {
  const { startable, system, environment, createdMs, seed, rerunOf } = detail.request;
  const commit =
    environment.commit === undefined
      ? ""
      : `, commit ${environment.commit.slice(0, 10)}${environment.commitIsDirty === true ? " with changes" : ""}`;
  // Logs rarely say where they were written.
  const isUnknown = startable.kind === "imported" && !hasAccelerators(system);
  const facts: [label: string, ...parts: (string | undefined)[]][] = [
    [
      startable.kind === "imported" ? "source" : "command",
      startableText(startable).replaceAll("`", ""),
    ],
    [
      "times",
      startable.kind === "imported"
        ? logTimesText(startable.origin.times).replaceAll("`", "")
        : undefined,
    ],
    ["seed", hasKnownSeed(detail.request) ? String(seed) : undefined],
    ["rerun of", rerunOf],
    [startable.kind === "imported" ? "imported" : "started", new Date(createdMs).toISOString()],
    ["system", ...(isUnknown ? ["unknown"] : [system.system_name, nodesText(system)])],
    ["job", jobText(detail.job)],
    ["processor", system.host_processor_model_name],
    ["accelerators", isUnknown ? undefined : acceleratorsOf(system)],
    ["memory", system.host_memory_capacity],
    ["framework", system.framework],
    [
      "software",
      `Pitwall ${environment.pitwallVersion}, Node.js ${environment.nodeVersion}, ${environment.platform}${commit}`,
    ],
    ["resources", resourcesText(detail)],
    ["conditions", conditionsText(detail.result?.conditions)],
    ...hostClockLines(detail.events).map((line, index): [string, string] => [
      index === 0 ? "clocks" : "",
      line,
    ]),
    ["record", detail.directory],
    ["integrity", integrityText(detail.integrity)],
  ];
  return facts.flatMap(([label, ...parts]): [string, readonly string[]][] => {
    const known = parts.filter((part): part is string => part !== undefined && part !== "");
    return known.length === 0 ? [] : [[label, known]];
  });
}

function resourcesText({ result }: RunDetail): string | undefined {
  const parts = [];
  if (result?.cpuSeconds !== undefined)
    parts.push(`${formatSignificant(result.cpuSeconds, 3)} CPU-seconds`);
  // A program that ended before the first sample of its memory has none.
  if (result?.peakMemoryBytes !== undefined && result.peakMemoryBytes > 0)
    parts.push(`${formatBytes(result.peakMemoryBytes)} peak memory`);
  return parts.length === 0 ? undefined : parts.join(", ");
}

function integrityText(integrity: RunDetail["integrity"]): string {
  switch (integrity.kind) {
    case "checking":
      return "checking the files against their SHA-256";
    case "intact":
    case "result-not-sealed":
    case "unsealed":
    case "chain-broken":
    case "files-changed":
    case "signature-invalid":
      return describeIntegrity(integrity);
  }
}
