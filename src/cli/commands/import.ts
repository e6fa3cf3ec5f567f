import { trainingFormats } from "../../formats/training-formats.ts";
import type { RunLabels } from "../../schema/run/request/run-labels.ts";
import type { LogImportEvent } from "../../workflows/import-logs/import-logs.ts";
import { type Call, defineCommand, exitCodes, type Face } from "../command-table.ts";
import { runOptions } from "../options/run-options.ts";

const options = {
  target: runOptions.target,
  targetMean: runOptions.targetMean,
  targetTimes: runOptions.targetTimes,
  metric: runOptions.metric,
  samples: runOptions.samples,
  format: {
    takes: "choice",
    choices: trainingFormats.map(({ name }) => name),
    group: "Source",
    help: "read only this format; default: detected by content",
  },
  accelerators: {
    takes: "text",
    placeholder: "8xh100-sxm",
    group: "Bill",
    help: "what the training ran on: count and name; `4x8xh100-sxm` for four nodes",
  },
  price: runOptions.price,
  edition: runOptions.edition,
  name: {
    takes: "text",
    placeholder: "name",
    group: "Record",
    help: "name in lists; default: from the log or its file",
  },
  tag: { ...runOptions.tag, group: "Record" },
  note: { ...runOptions.note, group: "Record" },
} as const;

type ImportCall = Call<typeof options>;

export const importCommand = defineCommand({
  name: "import",
  summary: "Make records of trainings that ran elsewhere, from their logs",
  usage: "<file | folder>…",
  arguments: [
    {
      name: "file | folder",
      help: `${trainingFormats.map(({ summary }) => summary).join("; ")}; or a folder with several of one kind`,
    },
  ],
  argumentCount: { minimum: 1, maximum: Number.POSITIVE_INFINITY },
  takesProgram: false,
  examples: [
    {
      command: "pitwall import train.log --target 'val_loss<=3.28'",
      does: "the time to train by the times in the log",
    },
    {
      command:
        "pitwall import mlruns --target 'val/acc>=0.94' --accelerators 8xh100-sxm --price 98/h",
      does: "all runs of an MLflow store, with their cost",
    },
  ],
  options,
  exits: [
    { code: 0, when: "all runs reached the target" },
    { code: 1, when: "a run missed the target" },
    { code: 2, when: "a log cannot be read, or was imported before" },
  ],
  async act(call) {
    const series: Extract<LogImportEvent, { kind: "series-imported" }>[] = [];
    for await (const event of events(call)) {
      if (event.kind === "series-imported") series.push(event);
      else if (!call.shared.quiet) await printNotice(event, call.face);
    }
    await printResult(series, call);
    const isReached = series.every(({ summary }) => summary.reachedCount === summary.runCount);
    return isReached ? exitCodes.yes : exitCodes.no;
  },
});

async function* events(call: ImportCall): AsyncGenerator<LogImportEvent> {
  const { options: given, face, shared } = call;
  const { importLogs } = await import("../../workflows/import-logs/import-logs.ts");
  const { systemOf } = await import("../../workflows/import-logs/accelerators-of.ts");
  const { findPrice } = await import("../../workflows/launch/prepare/find-price.ts");
  const { localWorld } = await import("../../workflows/launch/targets/local-world.ts");
  const { homeOf } = await import("../open-store.ts");
  const { editionNamed } = await import("../../schema/logs/edition-name.ts");
  yield* importLogs(
    {
      sources: call.arguments,
      cwd: face.cwd,
      format: trainingFormats.find(({ name }) => name === given.format)?.name,
      targets: {
        target: given.target,
        targetMean: given.targetMean,
        targetTimes: given.targetTimes,
      },
      metrics: given.metric,
      samples: given.samples,
      edition: given.edition === undefined ? undefined : editionNamed(given.edition),
      price: given.price === undefined ? undefined : await findPrice(given.price, face.nowMs()),
      system: await systemOf(given.accelerators),
      name: given.name,
      labels: await labelsOf(given),
    },
    localWorld(face, await homeOf(face, shared)),
    face.interrupt,
  );
}

async function labelsOf(given: ImportCall["options"]): Promise<Omit<RunLabels, "name">> {
  const { withLabels } = await import("../../workflows/launch/prepare/labels-of-call.ts");
  const { name, tag, note } = given;
  // The options are checked as for a run; the name of an imported run is in its `startable`.
  const started = { kind: "command" as const, name: "", command: [""], cwd: "", env: {} };
  return withLabels(started, { name, tag, note }).labels ?? {};
}

async function printNotice(
  event: Exclude<LogImportEvent, { kind: "series-imported" }>,
  face: Face,
): Promise<void> {
  const message = noticeOf(event);
  if (message === undefined) return;
  const { describeWarning } = await import("../../report/describe-error.ts");
  face.err.write(`${describeWarning({ message }, face.err.paint)}\n`);
}

function noticeOf(event: Exclude<LogImportEvent, { kind: "series-imported" }>): string | undefined {
  switch (event.kind) {
    case "run-imported":
      return undefined;
    case "other-formats":
      return `\`${event.source}\` has ${event.used} and ${event.others.join(", ")}; only ${event.used} is imported, choose with \`--format\``;
    case "without-metric":
      return `${event.run === undefined ? "" : `run ${event.run} of `}\`${event.path}\` does not have the metric, and is not imported`;
    case "price-unused":
      return `\`--price\` has no effect: \`${event.path}\` has no times`;
  }
}

async function printResult(
  series: readonly Extract<LogImportEvent, { kind: "series-imported" }>[],
  { face, shared }: ImportCall,
): Promise<void> {
  if (shared.json) {
    const result = {
      series: series.map(({ summary, runs }) => ({
        ...summary,
        runs: runs.map(({ request, result: judged }) =>
          Object.assign({ seed: request.seed, origin: originOf(request) }, judged),
        ),
      })),
    };
    const document = { schemaVersion: 1, command: "import", ok: true, result };
    face.out.write(`${JSON.stringify(document)}\n`);
    return;
  }
  const { resultCard } = await import("../../report/runs/card/result-card.ts");
  const cards = series.map(({ summary, runs }) => resultCard(summary, runs, face.out.paint));
  face.out.print(`${cards.join("\n\n")}\n`);
}

function originOf({ startable }: { startable: { kind: string } }): unknown {
  return "origin" in startable ? startable.origin : undefined;
}
