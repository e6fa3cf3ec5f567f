import { join, resolve } from "node:path";
import { UserError } from "../../foundation/errors/user-error.ts";
import { fileKind } from "../../store/open-file.ts";
import { requestFile } from "../../store/records/record-files.ts";
import type { RunStore } from "../../store/records/run-store.ts";
import { finishedOfFiles, type FoundTraining } from "./finished-of-files.ts";
import { finishedOfRecord, finishedOfRuns } from "./finished-of-run.ts";

/**
 * The trainings that a text names: a file or folder if there is one, else runs. Several must be seeds of one training.
 *
 * @throws UserError `source-missing`, `several-trainings`, `record-broken`, and what reading them throws
 */
export async function findFinished(
  { from, cwd }: { from: string; cwd: string },
  store: RunStore,
): Promise<{ trainings: readonly FoundTraining[] }> {
  const trainings = await trainingsOf(from, cwd, store);
  const [first, ...others] = trainings;
  const different = others.find((other) => first !== undefined && !isSame(first, other));
  if (first === undefined || different === undefined) return { trainings };
  throw new UserError("several-trainings", `\`${from}\` contains different trainings`, {
    saw: `${titleOf(first)}; ${titleOf(different)}`,
    hint: "give one log, or the folder of one benchmark's seeds",
  });
}

async function trainingsOf(from: string, cwd: string, store: RunStore): Promise<FoundTraining[]> {
  const path = resolve(cwd, from);
  const kind = await fileKind(path);
  if (kind === "directory" && (await fileKind(join(path, requestFile))) === "file")
    return [{ training: await finishedOfFolder(path), path: undefined }];
  if (kind !== "missing") return finishedOfFiles(from, cwd);
  if (/[/\\]|\.(?:txt|log|out|jsonl?|csv)$/iu.test(from))
    throw new UserError("source-missing", `no such file or folder: \`${from}\``, {
      hint: "give a run of `pitwall runs`, a log, or a folder of logs",
    });
  const trainings = await finishedOfRuns(store, from);
  return trainings.map((training) => ({ training, path: undefined }));
}

async function finishedOfFolder(path: string): ReturnType<typeof finishedOfRecord> {
  const { openRecordFolder } = await import("../../store/records/disk-run-store.ts");
  const opened = await openRecordFolder(path);
  if (opened.kind === "opened") return finishedOfRecord(opened.record);
  const saw = opened.kind === "broken" ? opened.reason : "its run.json is missing";
  throw new UserError("record-broken", `cannot read the record in \`${path}\``, { saw });
}

function isSame(one: FoundTraining, other: FoundTraining): boolean {
  return (
    one.training.benchmark === other.training.benchmark &&
    one.training.platform === other.training.platform &&
    one.training.stated.globalBatch?.value === other.training.stated.globalBatch?.value
  );
}

function titleOf({ training }: FoundTraining): string {
  const { name, benchmark, stated } = training;
  const batch = stated.globalBatch === undefined ? "" : `, batch ${stated.globalBatch.value}`;
  return `${name} (${benchmark ?? "no benchmark"}${batch})`;
}
