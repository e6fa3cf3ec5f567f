import { yamlText, type YamlValue } from "../../foundation/text/yaml-text.ts";
import { placeToFillIn } from "../../schema/plan/place-to-fill-in.ts";
import type { PlanExpectation } from "../../schema/plan/plan-expectation.ts";
import type { PlaceOfPlan } from "../../schema/plan/place-of-plan.ts";
import type { FrameworkProgram } from "./framework-command.ts";

/** What a workload file of a plan says. */
export interface PlanFile {
  expectation: PlanExpectation;
  /** The plan in a sentence. */
  summary: string;
  pitwallVersion: string;
  /** Undefined if no framework is named, or its layout is not known in full. */
  program: FrameworkProgram | undefined;
  /** `eval_accuracy >= 0.72`; several must be met at once. */
  targets: readonly string[];
  /** What the names in `targets` rest on. */
  targetNote: string | undefined;
  /** Settings of the program, beside the layout. */
  settings: Readonly<Record<string, string | number>>;
  /** Accelerators of one machine, and what says so. */
  perMachine: number;
  perMachineNote: string;
  on: PlaceOfPlan;
  /** Limits of the plan as the user wrote them. */
  budget: string | undefined;
  deadline: string | undefined;
}

/** A workload file for `pitwall run`: what to start, where, until when, at what price, and what the plan expects. */
export function planFileText(file: PlanFile): string {
  const { expectation, summary, pitwallVersion, targets, targetNote } = file;
  const { price } = expectation;
  const blocks = [
    [
      `# ${summary}`,
      `# Written by \`pitwall plan --yaml\` ${pitwallVersion} on ${expectation.plannedOn}. Start it with \`pitwall run\` and the name of this file;`,
      "# options given there replace what the file says. `<fill in: …>` marks what a plan cannot know.",
      yamlText({ name: nameOf(expectation) }),
    ],
    programLines(file),
    [
      `# Where: ${expectation.count} x ${expectation.accelerator} on machines of ${file.perMachine} (${file.perMachineNote}).`,
      yamlText(placeOf(file)),
    ],
    [
      `# When it is done${targetNote === undefined ? "." : `: ${targetNote}.`}`,
      yamlText({ target: targets.length === 1 ? targets[0] : targets }),
      ...limitLines(file),
    ],
    price === undefined
      ? []
      : [
          `# ${price.provider}/${price.instance}, ${price.terms}, ${price.asOf}: ${price.source}`,
          yamlText({ price: `${price.usdPerAcceleratorHour}/h/accelerator` }),
        ],
    [
      "# What the plan expects: it becomes part of the record, and `pitwall show` compares the run with it.",
      yamlText({ plan: asYaml(expectation) }),
    ],
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function nameOf({ subject, count, accelerator }: PlanExpectation): string {
  return `${subject}-${count}x${accelerator}`;
}

/** The layout is in the command and the environment where they are known, and for every program in its settings. */
function programLines({ program, settings, expectation }: PlanFile): string[] {
  const { source: _, ...layout } = expectation.layout ?? { source: "" };
  const command =
    program === undefined
      ? placeToFillIn("the program and its arguments, such as python train.py --seed {seed}")
      : program.command.map(withPlaces);
  const env = program?.env ?? {};
  return [
    "# What to start. `settings` reaches the program as JSON in PITWALL_SETTINGS, `{seed}` in the command is the seed.",
    yamlText({ command, ...(Object.keys(env).length === 0 ? {} : { env }) }),
    yamlText({ settings: { ...settings, layout: asYaml(layout) } }),
  ];
}

/** `<train.py>` of a command line becomes a marked place, and `<llama31-8b>` one for its name in the framework. */
function withPlaces(word: string): string {
  return word.replaceAll(/<(?<what>[^<>]+)>/gu, (_, what: string) =>
    placeToFillIn(/ |\.(?:py|yml)$/u.test(what) ? what : `the name of ${what} there`),
  );
}

function placeOf({ on, program, expectation, perMachine }: PlanFile): YamlValue {
  const { count } = expectation;
  const onEach = Math.min(count, perMachine);
  const nodes = Math.ceil(count / perMachine);
  const ranks = {
    nproc: program?.ranksPerMachine ?? onEach,
    ...(program === undefined ? {} : { launcher: program.starter }),
  };
  switch (on) {
    case "local":
      return { on, ...ranks };
    case "slurm":
      return {
        on,
        nodes,
        ...ranks,
        gres: `gpu:${onEach}`,
        partition: placeToFillIn("a partition of the cluster"),
        time: slurmTime(expectation),
      };
    case "ssh":
      return { on, hosts: placeToFillIn(hostsText(nodes)), ...ranks };
    case "mpi":
      return {
        on,
        ...(nodes === 1 ? {} : { hosts: placeToFillIn(hostsText(nodes)) }),
        nproc: ranks.nproc,
      };
    case "ray":
      return { on, nodes, ...ranks };
  }
}

function hostsText(nodes: number): string {
  return `${nodes === 1 ? "a host" : `${nodes} hosts`}, such as node1,node2 or a file of hosts`;
}

/** A quarter more than the 90th percentile, in whole hours. */
function slurmTime({ timeMs, queueMs = 0 }: PlanExpectation): string {
  const hours = Math.ceil((1.25 * ((timeMs.p90 ?? timeMs.p50) - queueMs)) / 3_600_000);
  return `${Math.floor(hours / 24)}-${hours % 24}`;
}

function limitLines({ budget, deadline }: PlanFile): string[] {
  return [
    ...(deadline === undefined
      ? []
      : [`# ${yamlText({ maxTime: deadline })}   would end a run at the deadline of the plan`]),
    ...(budget === undefined
      ? []
      : [`# ${yamlText({ maxCost: budget })}   would end a run at its budget`]),
  ];
}

/** Numbers to six significant digits. */
function asYaml(value: unknown): YamlValue {
  if (typeof value === "number") return Number(value.toPrecision(6));
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (Array.isArray(value)) return value.map(asYaml);
  if (typeof value !== "object" || value === null) return undefined;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asYaml(item)]));
}
