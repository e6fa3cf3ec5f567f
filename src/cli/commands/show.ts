import { plainOutput } from "../../foundation/printable-text.ts";
import { defineCommand, exitCodes, type Screen } from "../command-table.ts";
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
} as const;

export const showCommand = defineCommand({
  name: "show",
  summary: "Show a recorded run, or a series of runs",
  usage: "<run>",
  arguments: [
    {
      name: "run",
      help: "a run or series of `pitwall runs`, the beginning of its name, or `last`",
    },
  ],
  argumentCount: { least: 1, most: 1 },
  takesProgram: false,
  examples: [
    {
      command: "pitwall show last",
      does: "the newest run: time, bill, curve, events, and whether the record is intact",
    },
    { command: "pitwall show last --log | grep loss", does: "its output" },
  ],
  options,
  exits: [
    { code: 0, when: "the record is intact" },
    { code: 1, when: "the record was altered after the verdict" },
  ],
  async act({ arguments: [text = ""], options: { log, raw }, face, shared }) {
    const { showRun, finishedReports } = await import("../../workflows/read-run/show-run.ts");
    const shown = await showRun(await openStore(face, shared), text);
    if (log)
      return printLogs(
        shown.kind === "run" ? [shown.page.directory] : shown.pages.map((page) => page.directory),
        logWriter(face.out, raw),
      );
    const pages = shown.kind === "run" ? [shown.page] : shown.pages;
    const reports = finishedReports(pages);
    const { summariseSeries } = await import("../../score/summarise-series.ts");
    const summary =
      reports.length === 0
        ? undefined
        : summariseSeries(reports, { isWholeSeries: shown.kind === "series" });
    if (shared.json) {
      face.out.write(
        `${JSON.stringify({ schemaVersion: 1, command: "show", ok: true, result: { summary, runs: pages } })}\n`,
      );
    } else {
      const { runPage } = await import("../../report/runs/run-page.ts");
      const { resultCard } = await import("../../report/runs/result-card.ts");
      const { paint } = face.out;
      const isAlone = pages.length === 1;
      const card =
        summary === undefined
          ? []
          : [resultCard(summary, reports, paint, { withNext: false, withRules: !isAlone })];
      const full =
        isAlone || shared.verbose ? pages : pages.filter((page) => page.result === undefined);
      const blocks = [
        ...card,
        ...full.map((page) => runPage(page, paint, { isVerbose: shared.verbose })),
      ];
      face.out.print(`${blocks.join("\n\n")}\n`);
    }
    const isAltered = pages.some(
      ({ integrity }) => integrity.kind === "chain-broken" || integrity.kind === "files-changed",
    );
    return isAltered ? exitCodes.no : exitCodes.yes;
  },
});

/** Writes bytes unchanged, or as text to a terminal; a letter split between chunks goes with the second. */
function logWriter(screen: Screen, isRaw: boolean): (bytes: Buffer) => void {
  if (isRaw || !screen.isTerminal) return (bytes) => screen.writeBytes(bytes);
  const decoder = new TextDecoder();
  return (bytes) => screen.write(plainOutput(decoder.decode(bytes, { stream: true })));
}

async function printLogs(
  directories: readonly string[],
  write: (bytes: Buffer) => void,
): Promise<0> {
  const { openFile, unreadableFile } = await import("../../store/open-file.ts");
  for (const directory of directories) {
    const path = `${directory}/log.txt`;
    const opened = await openFile(path, { followsLinks: false });
    if (opened.kind !== "opened") throw unreadableFile(path, opened);
    for await (const chunk of opened.file.createReadStream()) write(Buffer.from(chunk));
  }
  return exitCodes.yes;
}
