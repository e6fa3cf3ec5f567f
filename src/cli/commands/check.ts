import type { EditionAssumption } from "../../schema/logs/edition-assumption.ts";
import type { CheckReport } from "../../workflows/check/assemble-check.ts";
import type { CheckEvent } from "../../workflows/check/check-logs.ts";
import { screenWidth } from "../terminal/atlas-screen.ts";
import { type Call, defineCommand, exitCodes, type Face } from "../command-table.ts";
import { openStore } from "../open-store.ts";
import { printAssumptions } from "../answers/print-assumptions.ts";
import { StatusLine } from "../terminal/status-line.ts";

const options = {
  edition: {
    takes: "text",
    placeholder: "edition",
    group: "Rules",
    help: "the round's rules, `training-5.1`, `hpc-3.0`; default: as each log's path says, else the log",
  },
  "as-published": {
    takes: "nothing",
    group: "Rules",
    help: "the rules as they were applied at the round, where the official checker has other ones today",
  },
  division: {
    takes: "choice",
    choices: ["closed", "open"],
    group: "Selection",
    help: "only logs of this division",
  },
  strict: {
    takes: "nothing",
    group: "Answer",
    help: "exit with 1 also where a folder lacks something or has something odd (missing files, misspelt system fields, run counts), or a log is of a round without rules",
  },
  threads: {
    takes: "number",
    placeholder: "count",
    minimum: 1,
    group: "Work",
    help: "threads that read logs; default: one per core, fewer where there is little to read",
  },
} as const;

export const checkCommand = defineCommand({
  name: "check",
  summary: "Check logs against the MLPerf rules",
  usage: "<log | folder | archive>…",
  arguments: [
    {
      name: "log | folder | archive…",
      help: "a log of any name, a folder with `result_<n>.txt` at any depth, packed with gzip or not; such a folder as .tar, .tar.gz, .tar.zst or .zip; or a run of `pitwall runs`",
    },
  ],
  argumentCount: { minimum: 1, maximum: 100_000 },
  takesProgram: false,
  examples: [
    {
      command: "pitwall check result_0.txt --edition training-5.1",
      does: "one log: pass or fail, and what breaks which rule",
    },
    {
      command: "pitwall check training_results_v5.1/Acme",
      does: "every log of a submitter, and whether its results are complete",
    },
    {
      command: "pitwall check training_results_v2.1 --as-published --json",
      does: "a round by the rules of its time, for another program",
    },
  ],
  options,
  exits: [
    { code: 0, when: "every log that can be judged passes" },
    {
      code: 1,
      when: "a log fails; with `--strict` also a folder with something to look at, or a log not judged",
    },
    {
      code: 2,
      when: "there is no such log, its round is not known, or no log is of a round with rules",
    },
  ],
  async act(call) {
    const { face, shared } = call;
    const assumed: EditionAssumption[] = [];
    const report = await checkAll(call, assumed).catch((error: unknown) => {
      if (!face.interrupt.aborted || shared.json) throw error;
      return undefined;
    });
    if (report === undefined) {
      face.err.write("interrupted: no verdict\n");
      return exitCodes.interrupted;
    }
    const { readRuleSources } = await import("../../workflows/check/rule-sources.ts");
    const editions = report.logs.map(({ edition }) => edition);
    const rules = await readRuleSources(editions, face.nowMs());
    if (shared.json) {
      const { logs, packages } = report;
      const result = {
        rules,
        logs,
        packages,
        ...(assumed.length === 0 ? {} : { assumedEditions: assumed }),
      };
      face.out.write(
        `${JSON.stringify({ schemaVersion: 1, command: "check", ok: true, result })}\n`,
      );
    } else {
      const { checkReport } = await import("../../report/logs/check-report.ts");
      // A run name is resolved to the path of its log.
      const found = [...new Set(report.logs.map(({ argument }) => argument))];
      const input = { ...report, arguments: found, edition: call.options.edition, rules };
      const text = checkReport(input, face.out.paint, {
        showsAll: shared.verbose,
        isStrict: call.options.strict,
        withNextStep: true,
        width: screenWidth(face),
      });
      face.out.print(`${shared.quiet ? answerOf(text) : text}\n`);
    }
    return isYes(report, { isStrict: call.options.strict }) ? exitCodes.yes : exitCodes.no;
  },
});

function isYes({ logs, packages }: CheckReport, { isStrict }: { isStrict: boolean }): boolean {
  if (!isStrict) return logs.every(({ verdict }) => verdict !== "fail");
  return (
    logs.every(({ verdict }) => verdict === "pass") &&
    packages.every(({ findings }) => findings.length === 0)
  );
}

/** Checks recorded runs first, with the rules that apply to them, then all other logs. */
async function checkAll(
  call: Call<typeof options>,
  assumed: EditionAssumption[],
): Promise<CheckReport> {
  const { checkRecords } = await import("../../workflows/read-run/verify/check-records.ts");
  const { arguments: paths, face, shared, options } = call;
  const request = { paths, workingFolder: face.cwd, edition: options.edition };
  const own = await checkRecords(request, await openStore(face, shared));
  if (own.logs.length === 0) return check(call, assumed);
  const none: CheckReport = {
    logs: [],
    packages: [],
    submitterFiles: new Map(),
    leftOutCount: 0,
  };
  const others =
    own.rest.length === 0 ? none : await check({ ...call, arguments: own.rest }, assumed);
  return { ...others, logs: [...own.logs, ...others.logs] };
}

/** @param assumed receives the rounds that were assumed */
async function check(
  {
    arguments: paths,
    options: { edition, division, "as-published": asPublished, threads, strict },
    face,
    shared,
  }: Call<typeof options>,
  assumed: EditionAssumption[],
): Promise<CheckReport> {
  const { checkLogs } = await import("../../workflows/check/check-logs.ts");
  const command = ["check", ...paths, ...(strict ? ["--strict"] : [])];
  const request = {
    paths,
    workingFolder: face.cwd,
    edition,
    division: division === "closed" || division === "open" ? division : undefined,
    asPublished,
    threadCount: threads,
  } as const;
  const progress = shared.quiet ? undefined : new CheckProgress(face);
  try {
    for await (const event of checkLogs(request, face.interrupt)) {
      progress?.show(event);
      if (event.kind === "found") {
        assumed.push(...event.assumptions);
        if (!shared.quiet) await printAssumptions(event.assumptions, command, face);
      }
      if (event.kind === "finished") return event.report;
    }
  } finally {
    progress?.clear();
  }
  throw new Error("a check ended without a report");
}

/** With `--quiet`, prints only the first line. */
function answerOf(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}

/** The progress of a check, on one line. */
class CheckProgress {
  readonly #face: Face;
  readonly #line: StatusLine;
  #expectedLogs = 0;
  #expectedBytes = 0;
  #logs = 0;
  #bytes = 0;

  constructor(face: Face) {
    this.#face = face;
    this.#line = new StatusLine(face);
  }

  show(event: CheckEvent): void {
    if (event.kind === "found") this.#expect(event);
    else if (event.kind === "checked") this.#step(event);
    else if (event.report.leftOutCount > 0) {
      this.clear();
      this.#face.err.write(`left out: ${event.report.leftOutCount} of the other division\n`);
    }
  }

  #expect(found: Extract<CheckEvent, { kind: "found" }>): void {
    this.#expectedLogs = found.logCount;
    this.#expectedBytes = found.bytes;
    if (found.skippedFolders.length > 0) {
      this.#face.err.write(`not looked into: ${found.skippedFolders.join(", ")}\n`);
    }
  }

  #step({ logCount, bytes }: Extract<CheckEvent, { kind: "checked" }>): void {
    this.#logs += logCount;
    this.#bytes += bytes;
    this.#line.show((elapsedMs) => {
      const leftMs = (elapsedMs / Math.max(1, this.#bytes)) * (this.#expectedBytes - this.#bytes);
      const read = `${(this.#bytes / 1e6).toFixed(0)} of ${(this.#expectedBytes / 1e6).toFixed(0)} MB`;
      return `checking: ${this.#logs} of ${this.#expectedLogs} logs, ${read}, ${Math.ceil(leftMs / 1000)} s left`;
    });
  }

  clear(): void {
    this.#line.clear();
  }
}
