import { plainOutput } from "../../foundation/text/printable-text.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import type { RaceReport } from "../../schema/run/race/race-report.ts";
import type { RunPage } from "../../schema/run/run-page.ts";
import type { RunRecord, RunStore } from "../../store/records/run-store.ts";
import type { Shown } from "../../workflows/read-run/show-run.ts";
import { type Call, defineCommand, exitCodes, type Screen } from "../command-table.ts";
import { openStore } from "../open-store.ts";

const options = {
  log: {
    takes: "nothing",
    group: "What",
    help: "print only the program's output; on a terminal, control characters are escaped",
  },
  raw: {
    takes: "nothing",
    group: "What",
    help: "with --log: print the bytes unchanged on a terminal too",
  },
  ranks: {
    takes: "nothing",
    group: "What",
    help: "print each rank: its host, its state, and its command as a line to paste there",
  },
  rank: {
    takes: "number",
    placeholder: "number",
    minimum: 0,
    group: "What",
    help: "print only what this rank printed; implies --log",
  },
} as const;

export const showCommand = defineCommand({
  name: "show",
  summary: "Show a recorded run, a series of runs, or a race",
  usage: "<run>",
  arguments: [
    {
      name: "run",
      help: "a run or series of `pitwall runs`, any unambiguous part of its name, or `last`; a race",
    },
  ],
  argumentCount: { minimum: 1, maximum: 1 },
  takesProgram: false,
  examples: [
    {
      command: "pitwall show last",
      does: "the newest run: time, bill, curve, events, and whether the record is intact",
    },
    { command: "pitwall show last --log | grep loss", does: "its output" },
    { command: "pitwall show last --log --rank 0", does: "the output of one rank" },
    { command: "pitwall show last --ranks", does: "the exact command of every rank" },
  ],
  options,
  exits: [
    { code: 0, when: "the record is intact" },
    { code: 1, when: "the record was altered after the verdict" },
  ],
  async act({ arguments: [text = ""], options: { log, raw, rank, ranks }, face, shared }) {
    const printsLog = log || rank !== undefined;
    if (printsLog && shared.json) refuseJson();
    const store = await openStore(face, shared);
    const race = printsLog ? undefined : await raceNamed(store, text);
    if (race !== undefined) return printRace(race, { face, shared });
    const { showRun } = await import("../../workflows/read-run/show-run.ts");
    const shown = await showRun(store, text, face.nowMs());
    const pages = shown.kind === "run" ? [shown.page] : shown.pages;
    if (printsLog) return printLogs(shown, rank, logWriter(face.out, raw));
    if (ranks && !shared.json) return printRanks(pages, face.out);
    await printPages(shown, pages, { face, shared });
    const { isAltered } = await import("../../report/runs/facts/describe-integrity.ts");
    const hasFindings = pages.some(
      ({ integrity, verdictDifferences }) => isAltered(integrity) || verdictDifferences.length > 0,
    );
    return hasFindings ? exitCodes.no : exitCodes.yes;
  },
});

async function printRanks(pages: readonly RunPage[], out: Screen): Promise<0> {
  const { rankLines } = await import("../../report/runs/page/rank-lines.ts");
  for (const page of pages) out.write(`${rankLines(page, out.paint)}\n`);
  return exitCodes.yes;
}

/** The report of a race, if the text is the id of one. */
async function raceNamed(store: RunStore, text: string): Promise<RaceReport | undefined> {
  if (!text.startsWith("race-")) return undefined;
  const { recordedRaces, reportRecorded } = await import("../../workflows/race/find-race.ts");
  const race = (await recordedRaces(store)).find(({ id }) => id === text);
  return race === undefined ? undefined : reportRecorded(race);
}

async function printRace(
  race: RaceReport,
  { face, shared }: Pick<Call, "face" | "shared">,
): Promise<0> {
  const { tableWidth, writeJson } = await import("../terminal/atlas-screen.ts");
  if (shared.json) {
    writeJson(face, "show", { race, runs: [] });
    return exitCodes.yes;
  }
  const { racePage } = await import("../../report/race/race-table.ts");
  face.out.print(`${racePage(race, { width: tableWidth(face), paint: face.out.paint })}\n`);
  return exitCodes.yes;
}

function refuseJson(): never {
  throw new UserError("option-unused", "`--json` has no effect with `--log` or `--rank`", {
    hint: "omit `--json` to print the log, or the other option to print the document",
  });
}

async function printPages(
  shown: Shown,
  pages: readonly RunPage[],
  { face, shared }: Pick<Call, "face" | "shared">,
): Promise<void> {
  const { finishedReports } = await import("../../workflows/read-run/show-run.ts");
  const { summariseSeries } = await import("../../score/series/summarise-series.ts");
  const reports = finishedReports(pages);
  const summary =
    reports.length === 0
      ? undefined
      : summariseSeries(reports, { isWholeSeries: shown.kind === "series" });
  if (shared.json) {
    const { writeJson } = await import("../terminal/atlas-screen.ts");
    writeJson(face, "show", { summary, runs: pages });
    return;
  }
  const { runPage } = await import("../../report/runs/page/run-page.ts");
  const { tableWidth } = await import("../terminal/atlas-screen.ts");
  const look = { isVerbose: shared.verbose, width: tableWidth(face) };
  const { resultCard } = await import("../../report/runs/card/result-card.ts");
  const { paint } = face.out;
  const isAlone = pages.length === 1;
  const card =
    summary === undefined
      ? []
      : [resultCard(summary, reports, paint, { withNext: false, withRules: !isAlone })];
  const full =
    isAlone || shared.verbose ? pages : pages.filter((page) => page.result === undefined);
  const blocks = [...card, ...full.map((page) => runPage(page, paint, look))];
  face.out.print(`${blocks.join("\n\n")}\n`);
}

type WriteBytes = (bytes: Buffer) => void;

/** Writes bytes unchanged, or as text to a terminal. A character split between two chunks is written with the second. */
function logWriter(screen: Screen, isRaw: boolean): WriteBytes {
  if (isRaw || !screen.isTerminal) return (bytes) => screen.writeBytes(bytes);
  const decoder = new TextDecoder();
  return (bytes) => screen.write(plainOutput(decoder.decode(bytes, { stream: true })));
}

async function printLogs(shown: Shown, rank: number | undefined, write: WriteBytes): Promise<0> {
  const records = shown.kind === "run" ? [shown.record] : shown.records;
  const pages = shown.kind === "run" ? [shown.page] : shown.pages;
  return rank === undefined ? printWhole(records, write) : printRank(records, pages, rank, write);
}

async function printRank(
  records: readonly RunRecord[],
  pages: readonly RunPage[],
  rank: number,
  write: WriteBytes,
): Promise<0> {
  const lacking = pages.find(({ job }) => !job.ranks.some((each) => each.rank === rank));
  if (lacking !== undefined)
    throw unknownRank(lacking.request.runId, rank, lacking.job.ranks.length);
  for (const record of records)
    for await (const bytes of record.readLogOfRank(rank)) write(Buffer.from(bytes));
  return exitCodes.yes;
}

function unknownRank(runId: string, rank: number, rankCount: number): UserError {
  return new UserError("unknown-rank", `\`${runId}\` has no rank ${rank}`, {
    at: "--rank",
    hint: rankCount === 1 ? "its only rank is 0" : `its ranks are 0 to ${rankCount - 1}`,
  });
}

async function printWhole(records: readonly RunRecord[], write: WriteBytes): Promise<0> {
  const { openFile, unreadableFile } = await import("../../store/open-file.ts");
  for (const { logPath: path } of records) {
    const opened = await openFile(path, { followsLinks: false });
    if (opened.kind !== "opened") throw unreadableFile(path, opened);
    for await (const chunk of opened.file.createReadStream()) write(Buffer.from(chunk));
  }
  return exitCodes.yes;
}
