import { UserError } from "../../foundation/errors/user-error.ts";
import type { RaceReport } from "../../schema/run/race/race-report.ts";
import { tableWidth, writeJson } from "../terminal/atlas-screen.ts";
import { type Call, defineCommand, type ExitCode, exitCodes } from "../command-table.ts";
import { openStore } from "../open-store.ts";
import { kebab } from "../parse-arguments.ts";
import { raceFormats, raceOptions } from "../options/race-options.ts";
import { csvOptionsOf } from "../answers/raw-csv.ts";

type RaceCall = Call<typeof raceOptions>;

export const raceCommand = defineCommand({
  name: "race",
  summary: "Race ways to train: which is faster, with statistics",
  usage: "<arm>…",
  arguments: [
    {
      name: "arm",
      help: "a command in quotes, a workload file, or a built-in workload (`'digits --workers 2'`); one command with `--set`",
    },
  ],
  argumentCount: { minimum: 0, maximum: 100 },
  takesProgram: true,
  examples: [
    {
      command:
        "pitwall race --target 'val_acc>=0.94' 'python train.py --lr 0.1' 'python train.py --lr 0.2'",
      does: "ten runs of each, interleaved and with the same seeds, and which is faster",
    },
    {
      command:
        "pitwall race --target 'val_acc>=0.94' --set lr=0.1,0.2,0.4 'python train.py --lr {lr} --seed {seed}'",
      does: "three values of one option",
    },
    {
      command: "pitwall race --set workers=1,2 --until 5% digits",
      does: "run a built-in workload until the ratio is known to within 5 %",
    },
    { command: "pitwall race --show last --format md", does: "the newest race, as Markdown" },
  ],
  options: raceOptions,
  exits: [
    { code: 0, when: "the race ended; the answer may be that there are too few runs to tell" },
    { code: 1, when: "no run of any arm reached the target" },
    { code: 3, when: "fewer than two arms were left" },
  ],
  async act(call) {
    const { options, shared } = call;
    const isCsv = options.format === "csv" && !shared.json;
    csvOptionsOf(options, { isCsv, csvFlag: "--format csv" });
    if (options.show !== undefined) return show(call, options.show);
    const { runRaceAndReport } = await import("../answers/race-and-report.ts");
    const report = await runRaceAndReport(call, () => planOf(call));
    await writeReport(report, call);
    return exitCodeOf(report, call);
  },
});

async function planOf(call: RaceCall) {
  const { resume } = call.options;
  if (resume === undefined) {
    const { planRaceCall } = await import("../calls/plan-race-call.ts");
    return planRaceCall(call);
  }
  refuseOthers(call, "resume", ["showOutput", "sign", "signKey"]);
  const { planRaceResume } = await import("../../workflows/race/find-race.ts");
  return {
    plan: await planRaceResume(await openStore(call.face, call.shared), resume),
    warnings: [],
  };
}

async function show(call: RaceCall, text: string): Promise<ExitCode> {
  refuseOthers(call, "show", []);
  const { findRace, reportRecorded } = await import("../../workflows/race/find-race.ts");
  const store = await openStore(call.face, call.shared);
  const report = await reportRecorded(await findRace(store, text));
  await writeReport(report, call);
  return hasReached(report) ? exitCodes.yes : exitCodes.no;
}

async function writeReport(report: RaceReport, { options, face, shared }: RaceCall): Promise<void> {
  const format = raceFormats.find((known) => known === options.format) ?? "table";
  switch (shared.json ? "json" : format) {
    case "json":
      return writeJson(face, "race", report);
    case "csv": {
      const { raceCsv } = await import("../../report/race/race-lines.ts");
      return face.out.write(raceCsv(report, { isRaw: options.rawCsv }));
    }
    case "md": {
      const { raceMarkdown } = await import("../../report/race/race-table.ts");
      return face.out.write(raceMarkdown(report));
    }
    case "table": {
      const { racePage } = await import("../../report/race/race-table.ts");
      const look = { width: tableWidth(face), paint: face.out.paint };
      face.out.print(`${racePage(report, look)}\n`);
    }
  }
}

function exitCodeOf(report: RaceReport, { face }: RaceCall): ExitCode {
  if (face.interrupt.aborted) return exitCodes.interrupted;
  if (report.arms.filter(({ isDropped }) => !isDropped).length < 2) return exitCodes.worldFailed;
  return hasReached(report) ? exitCodes.yes : exitCodes.no;
}

function hasReached({ arms }: RaceReport): boolean {
  return arms.some(({ reachedCount }) => reachedCount > 0);
}

/** Options that only make sense for a new race. */
function refuseOthers(call: RaceCall, option: "resume" | "show", allowed: readonly string[]): void {
  const shown = new Set<string>([option, "format", "rawCsv", ...allowed]);
  const [subject] = call.arguments;
  const given = Object.entries(call.options).find(
    ([name, value]) => Object.hasOwn(raceOptions, name) && !shown.has(name) && isGiven(value),
  );
  const unused = subject ?? (given === undefined ? undefined : `--${kebab(given[0])}`);
  if (unused === undefined && call.program === undefined) return;
  const what = unused ?? `-- ${(call.program ?? []).join(" ")}`;
  throw new UserError("option-unused", `\`--${option}\` cannot be combined with \`${what}\``, {
    hint: "a race on record keeps its arms and settings; start a new race to change them",
  });
}

function isGiven(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;
}
