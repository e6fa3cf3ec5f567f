import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import type { Startable } from "../../schema/run/request/run-request.ts";
import type { DefaultsFile, WorkloadFile } from "../../schema/run/request/workload-file.ts";
import type { PlanWarning } from "../../workflows/launch/prepare/find-workload.ts";

const defaultNames = ["pitwall.yaml", "pitwall.yml"];

/** Settings for every run in a folder, and the file that they are from. */
export interface RunDefaults {
  path: string;
  content: DefaultsFile;
}

/**
 * Reads the defaults of a call: those of `--defaults`, else of `pitwall.yaml` in the working folder.
 *
 * @param workloadPath the workload file of the call, which is not read as defaults too
 * @throws UserError `defaults-unreadable`, `yaml-broken`, `defaults-invalid`
 */
export async function readDefaults(
  given: string | undefined,
  { cwd, workloadPath }: { cwd: string; workloadPath: string | undefined },
): Promise<RunDefaults | undefined> {
  if (given === "none") return undefined;
  const name = given ?? defaultNames.find((known) => existsSync(resolve(cwd, known)));
  if (name === undefined) return undefined;
  const path = resolve(cwd, name);
  const isWorkload = workloadPath !== undefined && resolve(cwd, workloadPath) === path;
  if (given === undefined && isWorkload) return undefined;
  const { readDefaultsFile } = await import("../../store/read-workload-file.ts");
  return { path: name, content: await readDefaultsFile(path) };
}

/** How a program's output is read and judged; built-in workloads log and judge their own. */
const programKeys = [
  "target",
  "targetMean",
  "targetTimes",
  "metric",
  "metricsFrom",
  "samples",
  "clock",
  "clockStart",
  "env",
  "stopAtTarget",
] as const satisfies readonly (keyof DefaultsFile)[];

/** Defaults of what is read from the output. A call that names its own target or metric uses none of them. */
const readingKeys = [
  "target",
  "targetMean",
  "targetTimes",
  "metric",
] as const satisfies readonly (keyof DefaultsFile)[];

/** The defaults that apply to a call. */
export function applicableDefaults(
  content: DefaultsFile,
  { isProgram, namesMetric }: { isProgram: boolean; namesMetric: boolean },
): DefaultsFile {
  const left: DefaultsFile = { ...content };
  for (const key of isProgram ? [] : programKeys) delete left[key];
  for (const key of namesMetric ? readingKeys : []) delete left[key];
  return left;
}

/** Settings of a workload file, completed by defaults. Tags and variables are completed one by one. */
export function withDefaults(
  file: WorkloadFile | undefined,
  defaults: DefaultsFile,
): Partial<WorkloadFile> {
  const tags = { ...defaults.tags, ...file?.tags };
  return { ...defaults, ...file, ...(Object.keys(tags).length === 0 ? {} : { tags }) };
}

/** Adds the variables of the defaults to a program's own. */
export function withDefaultEnv(startable: Startable, { env = {} }: DefaultsFile): Startable {
  if (startable.kind === "embedded") return startable;
  return { ...startable, env: { ...env, ...startable.env } };
}

/** What the defaults set, so that they never act in silence. */
export function defaultsNote(path: string, used: DefaultsFile): PlanWarning | undefined {
  const keys = Object.keys(used);
  if (keys.length === 0) return undefined;
  return {
    isNote: true,
    message: `defaults from \`${basename(path)}\`: ${keys.join(", ")}`,
    hint: "`--defaults none` uses no defaults",
  };
}
