import { UserError } from "../../foundation/errors/user-error.ts";
import type { LaunchTarget } from "../../schema/run/hosts/launch-target.ts";
import type { Price } from "../../schema/run/request/price.ts";
import type { Startable } from "../../schema/run/request/run-request.ts";
import type { WorkloadFile } from "../../schema/run/request/workload-file.ts";
import type { PlanWarning } from "../../workflows/launch/prepare/find-workload.ts";
import type { SeriesRequest, SeriesPlan } from "../../workflows/launch/prepare/plan-series.ts";
import type { Call } from "../command-table.ts";
import {
  isGiven,
  isPlain,
  launchTextsOfFile,
  pickLaunchTexts,
} from "../../workflows/launch/running/launch-texts.ts";
import { homeOf, openStore } from "../open-store.ts";
import {
  applicableDefaults,
  defaultsNote,
  readDefaults,
  withDefaultEnv,
  withDefaults,
} from "../options/run-defaults.ts";
import type { runOptions } from "../options/run-options.ts";

type RunCall = Call<typeof runOptions>;

/**
 * Builds the request of `pitwall run` from its options and its workload file. Options take precedence.
 *
 * @throws UserError for invalid options or an invalid workload file
 */
export async function planRunCall(
  call: RunCall,
): Promise<{ plan: SeriesPlan; warnings: PlanWarning[] }> {
  const { planSeries } = await import("../../workflows/launch/prepare/plan-series.ts");
  const { workerWarning, seedWarning } =
    await import("../../workflows/launch/prepare/find-workload.ts");
  const file = await fileOf(call);
  if (file !== undefined) await checkFilledIn(file, call);
  const defaults = await readDefaults(call.options.defaults, {
    cwd: call.face.cwd,
    workloadPath: file?.path,
  });
  const { withSettings } = await import("../../workflows/launch/prepare/program-settings.ts");
  const { withLabels } = await import("../../workflows/launch/prepare/labels-of-call.ts");
  const started = await startableOf(call, file);
  const used = applicableDefaults(defaults?.content ?? {}, {
    isProgram: started.kind === "command",
    namesMetric: namesMetric(call, file?.content),
  });
  const settings = withDefaults(file?.content, used);
  const { startable, ...labels } = withLabels(
    withSettings(
      withDefaultEnv(started, used),
      { ...call.options, verifyStep: verifyStepOf(call.options, file?.content) },
      call.face.cwd,
    ),
    call.options,
    settings,
  );
  const requested = seriesRequestOf(call, settings);
  const priceText = call.options.price ?? settings.price;
  const price = priceText === undefined ? undefined : await priceOf(priceText, call.face.nowMs());
  const edition = await editionOf(call.options.edition);
  const { target: launchTarget, unused } = await launchTargetOf(call, settings, startable);
  const planned = {
    ...planSeries(requested, startable, price, launchTarget),
    ...(await dataOf(call, settings, launchTarget)),
    ...labels,
    ...edition,
    ...(settings.plan === undefined ? {} : { expectation: settings.plan }),
  };
  const recoverable = { ...planned, ...(await recoveryOf(planned, call, settings)) };
  const { warnings: leftOut, ...placed } = await withoutExcluded(recoverable, call);
  const recovered = { ...recoverable, ...placed };
  const plan = await continuationOf(recovered, call, either(call.options.seed, settings.seed));
  const { targetWarning } = await import("../../workflows/launch/targets/plan-targets.ts");
  const warnings = [
    defaults === undefined ? undefined : defaultsNote(defaults.path, used),
    unusedNote(unused, launchTarget),
    workerWarning(startable),
    seedWarning(startable, requested.runs),
    targetWarning(plan, plan.reading.metrics, requested.metrics.length),
    ...leftOut,
  ];
  return { plan, warnings: warnings.filter((warning) => warning !== undefined) };
}

const noFiles: readonly string[] = [];

/** @throws UserError `option-unused` where no samples are taken */
function verifyStepOf(
  given: RunCall["options"],
  file: Partial<WorkloadFile> = {},
): number | undefined {
  const steps = either(given.verifyStep, file.verifyStep);
  if (steps === undefined || either(given.observe, file.observe) !== "none") return steps;
  throw new UserError("option-unused", "`--verify-step` is not supported with `--observe none`", {
    hint: "leave out one of them: results of verified steps are samples, and none are taken",
  });
}

/** Loads the other launch targets only if one is requested. */
async function launchTargetOf(
  { options: given, face }: RunCall,
  file: Partial<WorkloadFile>,
  startable: Startable,
): Promise<{ target: LaunchTarget; unused: readonly string[] }> {
  const request = { given: pickLaunchTexts(given), fromFile: launchTextsOfFile(file) };
  if (isPlain(request.given) && isPlain(request.fromFile))
    return { target: { kind: "local" }, unused: [] };
  const { planLaunchTarget } = await import("../../workflows/launch/targets/plan-launch-target.ts");
  return planLaunchTarget(request, startable, face.cwd);
}

/** Restarts after failures are planned only if some are requested. */
async function recoveryOf(
  plan: SeriesPlan,
  { options: given }: RunCall,
  file: Partial<WorkloadFile>,
): Promise<Pick<SeriesPlan, "launchTarget" | "recovery">> {
  const ofFile = Object.entries(file.restartBudget ?? {}).map(
    ([kind, count]) => `${kind}=${count}`,
  );
  const texts = {
    maxRestarts: either(given.maxRestarts, file.maxRestarts),
    restartBudget: given.restartBudget.length > 0 ? given.restartBudget : ofFile,
    hangTimeout: either(given.hangTimeout, file.hangTimeout),
    minNodes: either(given.minNodes, file.minNodes),
    spares: either(given.spares, file.spares),
  };
  const isRequested = Object.values(texts).some((value) => isGiven(value));
  if (!isRequested) return { launchTarget: plan.launchTarget };
  const { withRecovery } = await import("../../workflows/launch/prepare/plan-recovery.ts");
  return withRecovery(plan, texts);
}

/** The list of excluded hosts is read only for launch targets with hosts. */
async function withoutExcluded(
  { launchTarget, recovery }: Pick<SeriesPlan, "launchTarget" | "recovery">,
  { face, shared, options }: RunCall,
): Promise<Pick<SeriesPlan, "launchTarget" | "recovery"> & { warnings: PlanWarning[] }> {
  const plan = recovery === undefined ? { launchTarget } : { launchTarget, recovery };
  if (launchTarget.kind === "local") return { ...plan, warnings: [] };
  const { settleExclusions } = await import("../../workflows/launch/targets/settle-exclusions.ts");
  const check = async (host: string) => {
    if (launchTarget.kind === "slurm") {
      const { checkNode } = await import("../../workflows/control/check-node.ts");
      const means = { place: launchTarget, python: "python3", env: face.env };
      return checkNode(host, { ...means, submits: !options.dryRun });
    }
    const { checkHosts } = await import("../../workflows/control/check-hosts.ts");
    const sshConfig = "sshConfig" in launchTarget ? launchTarget.sshConfig : undefined;
    const store = await openStore(face, shared);
    const request = { hosts: host, sshConfig, python: "python3", cwd: face.cwd };
    return checkHosts(request, { nowMs: () => face.nowMs(), env: face.env, store });
  };
  const home = await homeOf(face, shared);
  const settled = await settleExclusions(plan, { home, nowMs: face.nowMs(), check });
  const { recovery: kept, ...others } = settled;
  return kept === undefined ? others : { ...others, recovery: kept };
}

/** Files that are not sent are already there. */
function unusedNote(
  unused: readonly string[],
  { kind }: Pick<LaunchTarget, "kind">,
): PlanWarning | undefined {
  const keys = unused.filter((key) => key !== "sync").map((key) => `\`${key}\``);
  if (keys.length === 0) return undefined;
  return {
    isNote: true,
    message: `settings of the workload file that \`--on ${kind}\` does not use: ${keys.join(", ")}`,
    hint: "a workload file can hold the settings of several launch targets",
  };
}

/** Reads the data that the hosts need only if there is some. */
async function dataOf(
  { options, face }: RunCall,
  file: Partial<WorkloadFile>,
  target: LaunchTarget,
): Promise<Pick<SeriesPlan, "data">> {
  const texts = options.data.length > 0 ? options.data : [file.data ?? noFiles].flat();
  if (texts.length === 0) return {};
  const { planData } = await import("../../workflows/launch/prepare/plan-data.ts");
  return { data: planData(texts, target, face.cwd) };
}

function namesMetric({ options }: RunCall, file: WorkloadFile | undefined): boolean {
  const isTyped = options.target.length > 0 || options.metric.length > 0;
  return isTyped || file?.target !== undefined || file?.metric !== undefined;
}

/** The plan as a later part of an earlier run, if one is named. */
async function continuationOf(
  plan: SeriesPlan,
  { options, face, shared }: RunCall,
  seed: number | undefined,
): Promise<SeriesPlan> {
  const text = options.continues;
  if (text === undefined) return plan;
  const { planContinuation } = await import("../../workflows/launch/prepare/plan-continuation.ts");
  return planContinuation(await openStore(face, shared), { text, plan, seed });
}

/** Loads the rounds only if one is named. */
async function editionOf(text: string | undefined): Promise<Pick<SeriesPlan, "edition">> {
  if (text === undefined) return {};
  const { editionNamed } = await import("../../schema/logs/edition-name.ts");
  return { edition: editionNamed(text) };
}

/** Loads the catalogue only if a price is requested. */
async function priceOf(text: string, nowMs: number): Promise<Price> {
  const { findPrice } = await import("../../workflows/launch/prepare/find-price.ts");
  return findPrice(text, nowMs);
}

async function fileOf(call: RunCall): Promise<{ content: WorkloadFile; path: string } | undefined> {
  const [subject] = call.arguments;
  if (subject === undefined) return undefined;
  const { readWorkloadFile } = await import("../../store/read-workload-file.ts");
  if (/\.(?:ya?ml|json)$/u.test(subject))
    return { content: await readWorkloadFile(subject), path: subject };
  const { requireTorch, torchWorkload } =
    await import("../../workflows/launch/prepare/torch-workloads.ts");
  const workload = torchWorkload(subject);
  if (workload === undefined || call.program !== undefined) return undefined;
  const content = await readWorkloadFile(workload.path);
  if (isOnThisMachine(call.options)) await requireTorch(workload.name, call.face.env);
  return { content: { sync: ["."], ...content }, path: workload.path };
}

/** @throws UserError `workload-incomplete` */
async function checkFilledIn(
  file: { content: WorkloadFile; path: string },
  { options }: RunCall,
): Promise<void> {
  const { checkPlaces } = await import("../../workflows/launch/targets/check-places.ts");
  checkPlaces(file, options);
}

function isOnThisMachine({ on, hosts }: RunCall["options"]): boolean {
  return (on ?? (hosts === undefined ? "local" : "ssh")) === "local";
}

async function startableOf(
  call: RunCall,
  file: { content: WorkloadFile; path: string } | undefined,
): Promise<Startable> {
  const { commandStartable, fileStartable } =
    await import("../../workflows/launch/prepare/find-workload.ts");
  const [subject] = call.arguments;
  const { workers } = call.options;
  if (call.program !== undefined) {
    if (subject !== undefined) throw bothGiven(subject, call.program);
    refuseWorkers(workers);
    return commandStartable(call.program, call.face.cwd);
  }
  if (file?.content.command !== undefined) {
    refuseWorkers(workers);
    return fileStartable(file.content, file.path);
  }
  const workload = file?.content.workload ?? subject;
  if (workload === undefined) throw nothingGiven();
  refuseMetrics(workload, call, file?.content);
  const { embeddedStartable } =
    await import("../../workflows/launch/prepare/embedded-startable.ts");
  return embeddedStartable(workload, workers ?? file?.content.workers ?? 1);
}

/** Built-in workloads log their own metrics. */
function refuseMetrics(workload: string, { options }: RunCall, file: WorkloadFile | undefined) {
  const isFromFile = options.metricsFrom.length > 0 || file?.metricsFrom !== undefined;
  const option = options.metric.length > 0 ? "--metric" : isFromFile ? "--metrics-from" : undefined;
  if (option === undefined) return;
  const message = `\`${option}\` is not supported for built-in workloads, which log their own metrics`;
  throw new UserError("option-unused", message, { hint: `run \`pitwall run ${workload}\`` });
}

function seriesRequestOf(
  { options: given }: RunCall,
  fromFile: Partial<WorkloadFile>,
): SeriesRequest {
  return {
    metrics: given.metric.length > 0 ? given.metric : [fromFile.metric ?? []].flat(),
    metricsFrom:
      given.metricsFrom.length > 0 ? given.metricsFrom : [fromFile.metricsFrom ?? []].flat(),
    samples: either(given.samples, fromFile.samples),
    clockStart: either(given.clockStart, fromFile.clockStart),
    clock: either(given.clock, fromFile.clock),
    ...targetTextsOf(given, fromFile),
    stopAtTarget: given.stopAtTarget || fromFile.stopAtTarget === true,
    keepOnNan: given.keepOnNan || fromFile.keepOnNan === true,
    observe: either(given.observe, fromFile.observe),
    keepGoing: given.keepGoing || fromFile.keepGoing === true,
    warmup: either(given.warmup, fromFile.warmup),
    prepare: either(given.prepare, fromFile.prepare),
    retries: either(given.retries, fromFile.retries),
    runs: either(given.runs, fromFile.runs) ?? 1,
    seed: either(given.seed, fromFile.seed) ?? 1,
    maxTime: either(given.maxTime, fromFile.maxTime),
    maxCost: either(given.maxCost, fromFile.maxCost),
    maxSamples: either(given.maxSamples, fromFile.maxSamples?.toString()),
  };
}

/** A rule for noisy metrics replaces the one of the file. */
function targetTextsOf(
  given: RunCall["options"],
  file: Partial<WorkloadFile>,
): Pick<SeriesRequest, "target" | "targetMean" | "targetTimes"> {
  const { targetMean, targetTimes } = given;
  const hasRule = targetMean !== undefined || targetTimes !== undefined;
  return {
    target: given.target.length > 0 ? given.target : file.target,
    ...(hasRule
      ? { targetMean, targetTimes }
      : { targetMean: file.targetMean, targetTimes: file.targetTimes }),
  };
}

function either<Value>(option: Value | undefined, fileValue: Value | undefined): Value | undefined {
  return option ?? fileValue;
}

function refuseWorkers(workers: number | undefined): void {
  if (workers === undefined) return;
  throw new UserError("option-unused", "`--workers` is only supported for built-in workloads", {
    hint: "use `--nproc 2` to start two ranks of a program, or pass the number in its own arguments",
  });
}

function bothGiven(subject: string, program: readonly string[]): UserError {
  return new UserError(
    "argument-unexpected",
    `got both the workload \`${subject}\` and a program`,
    {
      saw: `\`-- ${program.join(" ")}\``,
      hint: "specify only one of them; to name the runs of a program, use `--name`",
    },
  );
}

function nothingGiven(): UserError {
  return new UserError("argument-missing", "`pitwall run` requires a workload or a program", {
    hint: "`pitwall run digits`, `pitwall run my-workload.yaml`, or `pitwall run --metric … --target … -- python train.py`",
  });
}
