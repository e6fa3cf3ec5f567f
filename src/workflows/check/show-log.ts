import { resolve } from "node:path";
import { UserError } from "../../foundation/errors/user-error.ts";
import { editionNamed, editionOfPath } from "../../schema/logs/edition-name.ts";
import type { LogVerdict } from "../../schema/logs/log-verdict.ts";
import type { MlperfEdition } from "../../schema/logs/mlperf-round.ts";
import { type LogTimeline, TimelineReader } from "../../score/mlperf/read-timeline.ts";
import { findLogs } from "../../store/logs/find-logs.ts";
import { findEditionClue } from "./find-edition-clue.ts";
import { loadEdition } from "../logs/load-edition.ts";
import { type JudgedLog, LogChecker } from "../logs/log-checker.ts";
import { findQualityTarget } from "../../rules/quality-target.ts";
import { bytesOfLog, withFormCauses } from "../logs/read-form-causes.ts";
import { readLogLines } from "../logs/read-log-lines.ts";

export interface ShowLogRequest {
  path: string;
  workingFolder: string;
  /** Default: derived from the path, or else from the log; a log of an unknown edition is shown without findings. */
  edition?: string | undefined;
  /** Default false. */
  asPublished?: boolean;
}

/** One log in full. */
export interface ShownLog {
  /** As it was given. */
  path: string;
  benchmark: string | undefined;
  division: string | undefined;
  timeToTrainMs: number | undefined;
  seeds: readonly string[];
  timeline: LogTimeline;
  /** Undefined if the edition is unknown or has no target for this benchmark. */
  target: { key: string; text: string } | undefined;
  /** For each evaluation of the timeline: whether it meets the target; undefined if one evaluation cannot decide that. */
  meetsTarget: readonly (boolean | undefined)[];
  /** Undefined if the edition is unknown. */
  verdict: LogVerdict | undefined;
}

/**
 * Reads one log for display: submitter, benchmark, timeline, quality and rule findings.
 *
 * @throws UserError `log-missing`, `log-is-a-folder`, `edition-unknown`, `edition-without-rules`
 */
export async function showLog(request: ShowLogRequest): Promise<ShownLog> {
  const absolutePath = await requireFile(request);
  const edition = await chooseEdition(request.edition, absolutePath);
  const { asPublished = false } = request;
  const loaded = edition === undefined ? undefined : await loadEdition(edition, { asPublished });
  const checker = new LogChecker(loaded?.rules);
  const reader = new TimelineReader();
  const fileFindings = await readLogLines(absolutePath, (lines) => {
    checker.push(lines);
    for (const line of lines) reader.push(line);
    return "go-on";
  });
  const { verdict: checked, facts }: JudgedLog = checker.finish(fileFindings);
  const verdict = await withFormCauses(checked, () => bytesOfLog(absolutePath));
  const { benchmark, division, seeds } = facts;
  const timeline = reader.finish();
  const target =
    loaded === undefined || benchmark === undefined
      ? undefined
      : findQualityTarget(loaded.tables, { benchmark, division: division ?? "closed" });
  return {
    path: request.path,
    benchmark,
    division,
    timeToTrainMs: verdict.timeToTrainMs,
    seeds,
    timeline,
    target: target === undefined ? undefined : { key: target.key, text: target.text },
    meetsTarget: timeline.evaluations.map((evaluation) => target?.isMetBy(evaluation)),
    verdict: loaded !== undefined || timeline.eventCount === 0 ? verdict : undefined,
  };
}

async function requireFile({ path, workingFolder }: ShowLogRequest): Promise<string> {
  const { logs } = await findLogs(path, workingFolder);
  const [first] = logs;
  if (first?.isGivenByName === true) return resolve(workingFolder, path);
  throw new UserError(
    "log-is-a-folder",
    `\`${path}\` is a folder; \`pitwall log\` shows a single log`,
    {
      saw: `it contains ${logs.length} logs`,
      hint: `\`pitwall log ${path.replace(/\/+$/, "")}/${first?.path ?? ""}\` shows the first log; \`pitwall check ${path}\` checks all`,
    },
  );
}

async function chooseEdition(
  asked: string | undefined,
  absolutePath: string,
): Promise<MlperfEdition | undefined> {
  if (asked !== undefined) return editionNamed(asked);
  try {
    const named = editionOfPath(absolutePath);
    if (named !== undefined) return named;
  } catch (error) {
    // A log of a round without rules can still be shown.
    if (error instanceof UserError && error.code === "edition-without-rules") return undefined;
    throw error;
  }
  const clue = await findEditionClue(absolutePath);
  return clue.kind === "known" ? clue.edition : undefined;
}
