import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import type { RunDigest } from "../schema/submission.ts";
import { createLogReader } from "../mllog/log-reader.ts";
import { parseLog } from "../mllog/parse-log.ts";
import { createRunDigester } from "../score/mlperf/digest-run.ts";
import {
  digestNodeMeter,
  digestSwitchMeter,
  measureEnergy,
  type MeterDigest,
} from "../score/mlperf/measure-energy.ts";
import type { ResultLog } from "../store/read-submission.ts";
import type { Judge } from "./judge-log.ts";

const pieceBytes = 1024 * 1024;

/** Reads a log once, in constant memory, for the verdict and the score alike. */
export async function digestLog(
  log: ResultLog,
  { judge, hasPower }: { judge: Judge; hasPower: boolean },
): Promise<{ digest: RunDigest; bytes: number }> {
  const reader = createLogReader();
  const digester = createRunDigester(log.name, judge.edition);
  const check = judge.start();
  let bytes = 0;
  const take = (lines: ReturnType<typeof reader.push>): void => {
    for (const line of lines) {
      digester.push(line);
      check.push(line);
    }
  };
  for await (const piece of createReadStream(log.path, { highWaterMark: pieceBytes })) {
    if (!(piece instanceof Uint8Array)) continue;
    bytes += piece.length;
    take(reader.push(piece));
  }
  take(reader.end());
  const judgement = check.finish();
  if (!hasPower) return { digest: digester.finish(judgement), bytes };
  const meters = await digestMeters(log);
  const digest = digester.finish(judgement, (timeToTrainMs) =>
    measureEnergy(meters, timeToTrainMs),
  );
  return { digest, bytes };
}

async function digestMeters({ nodeMeters, switchMeters }: ResultLog): Promise<MeterDigest[]> {
  const meters: MeterDigest[] = [];
  for (const path of nodeMeters) meters.push(digestNodeMeter(parseLog(await readFile(path)).lines));
  for (const path of switchMeters)
    meters.push(digestSwitchMeter(parseLog(await readFile(path)).lines));
  return meters;
}
