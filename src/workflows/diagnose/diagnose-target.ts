import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { diagnoseRun } from "../../diagnose/diagnose-run.ts";
import { LaunchedJob } from "../../diagnose/launchers/launched-job.ts";
import { LineSigns } from "../../diagnose/lines/line-signs.ts";
import type { RunFacts } from "../../diagnose/run-facts.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import type { Diagnosis } from "../../schema/diagnosis/diagnosis.ts";
import { openRecordFolder } from "../../store/records/disk-run-store.ts";
import { requestFile } from "../../store/records/record-files.ts";
import type { RunRecord, RunStore } from "../../store/records/run-store.ts";
import { ambiguousRun, openRecord } from "../read-run/show-run.ts";
import { factsOfRecord } from "./facts-of-record.ts";
import type { SeenRanks } from "./look-at-ranks.ts";
import { readDumpFiles } from "./read-dump-files.ts";

interface DoctorMeans {
  store: RunStore;
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  nowMs: number;
  /** Whether to look at the processes of a run that goes on even if its program is not silent. */
  looksAtRanks: boolean;
}

/** One diagnosed run, or folder of dumps. */
export interface Diagnosed {
  /** Absent for a folder without a record. */
  runId?: string;
  directory: string;
  diagnosis: Diagnosis;
}

/**
 * Diagnoses a run or series by name, the folder of a record, or a folder with Flight Recorder dumps, stacks and logs.
 *
 * @throws UserError `unknown-run`, `ambiguous-run`, `record-broken`, `nothing-to-diagnose`
 */
export async function diagnoseTarget(argument: string, means: DoctorMeans): Promise<Diagnosed[]> {
  const { cwd, nowMs } = means;
  const path = resolve(cwd, argument);
  // A path that cannot be accessed is looked up as the name of a run, which is then reported as unknown.
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() !== true) return diagnoseNamed(argument, means);
  const hasRecord = await stat(join(path, requestFile)).then(
    () => true,
    () => false,
  );
  if (!hasRecord) return [await diagnoseFolder(path, argument)];
  const opened = await openRecordFolder(path);
  if (opened.kind === "opened") return [await diagnoseRecord(opened.record, nowMs)];
  throw new UserError("record-broken", `cannot read the record in \`${argument}\``, {
    ...(opened.kind === "broken" ? { saw: opened.reason } : {}),
    hint: "to read only the dumps and logs in it, copy them to a folder without `run.json`",
  });
}

async function diagnoseNamed(text: string, means: DoctorMeans): Promise<Diagnosed[]> {
  const { store } = means;
  const meant = await store.resolve(text);
  switch (meant.kind) {
    case "run":
      return [await diagnoseNow(await openRecord(store, meant.runId), means)];
    case "series": {
      const diagnosed: Diagnosed[] = [];
      for (const runId of meant.runIds) {
        diagnosed.push(await diagnoseNow(await openRecord(store, runId), means));
      }
      return diagnosed;
    }
    case "ambiguous":
      throw ambiguousRun(text, meant.candidates);
    case "unknown": {
      const hint = meant.nearest === undefined ? "`pitwall runs` lists the runs" : undefined;
      throw new UserError("unknown-run", `no run or folder named \`${text}\``, {
        hint: hint ?? `did you mean \`${meant.nearest}\`?`,
      });
    }
  }
}

/** Also looks at the processes of a run that goes on, if that was requested, or if its program is silent. */
async function diagnoseNow(record: RunRecord, means: DoctorMeans): Promise<Diagnosed> {
  const { nowMs, looksAtRanks } = means;
  const facts = await factsOfRecord(record, nowMs);
  const silence = facts.events.findLast(({ event }) => event.kind === "silence")?.event;
  const isSilent = silence?.kind === "silence" && silence.phase === "started";
  const { runId, directory, state } = record;
  if (state.kind !== "running" || !(looksAtRanks || isSilent || facts.isMute === true))
    return { runId, directory, diagnosis: diagnoseRun(facts) };
  const seen = await seenRanks(record, means);
  const ranks = new Set(seen.stacks.map(({ rank }) => rank));
  const dumped = new Set(seen.dumps.map(({ rank }) => rank));
  const diagnosis = diagnoseRun({
    ...facts,
    stacks: [...seen.stacks, ...facts.stacks.filter(({ rank }) => !ranks.has(rank))],
    dumps: [
      ...seen.dumps.map((dump) => Object.assign(dump, { dumpedMs: nowMs })),
      ...facts.dumps.filter(({ rank }) => !dumped.has(rank)),
    ],
    ras: [...(facts.ras ?? []), ...seen.ras],
    unread: [...facts.unread, ...seen.unread],
  });
  return { runId, directory, diagnosis };
}

async function seenRanks(record: RunRecord, { env, nowMs }: DoctorMeans): Promise<SeenRanks> {
  const { lookAtRanks } = await import("./look-at-ranks.ts");
  try {
    return await lookAtRanks(record, { env, nowMs: () => nowMs });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return {
      stacks: [],
      dumps: [],
      ras: [],
      unread: [{ file: "processes", reason: error.message }],
    };
  }
}

/**
 * Diagnoses the last attempt of a run.
 *
 * @param known what is known of a run that goes on after its last attempt failed
 */
export async function diagnoseRecord(
  record: RunRecord,
  nowMs: number,
  known: Parameters<typeof factsOfRecord>[2] = {},
): Promise<Diagnosed> {
  const { runId, directory } = record;
  return { runId, directory, diagnosis: diagnoseRun(await factsOfRecord(record, nowMs, known)) };
}

async function diagnoseFolder(directory: string, argument: string): Promise<Diagnosed> {
  const job = new LaunchedJob();
  const signs = new LineSigns(job);
  const dumps = await readDumpFiles(directory, { signs });
  const count =
    dumps.dumps.length + dumps.stacks.length + dumps.errorFiles.length + dumps.ras.length;
  if (count === 0 && signs.seen.lineCount === 0) {
    throw new UserError("nothing-to-diagnose", `\`${argument}\` has nothing that doctor reads`, {
      ...(dumps.unread.length === 0
        ? {}
        : {
            saw: dumps.unread
              .slice(0, 3)
              .map(({ file, reason }) => `${file}: ${reason}`)
              .join("\n"),
          }),
      hint: "it reads records, Flight Recorder dumps named after their rank (`rank_3.json`, `nccl_trace_rank_3`), stacks, answers of NCCL's RAS, torchrun's error files, and logs",
    });
  }
  const facts: RunFacts = {
    state: "unknown",
    outcome: undefined,
    ...job.known,
    findings: [],
    ...signs.seen,
    steps: new Map(),
    links: [],
    ...dumps,
  };
  return { directory, diagnosis: diagnoseRun(facts) };
}
