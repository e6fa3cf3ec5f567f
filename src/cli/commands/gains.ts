import { UserError } from "../../foundation/errors/user-error.ts";
import { filterOf, filterOptions } from "../options/atlas-options.ts";
import { tableWidth, printProblems, writeJson } from "../terminal/atlas-screen.ts";
import { type Call, defineCommand, exitCodes } from "../command-table.ts";
import { homeOf } from "../open-store.ts";

const { round: _rounds, division, ...filters } = filterOptions;
const options = {
  ...filters,
  division: { ...division, default: "closed" },
  from: { takes: "text", placeholder: "round", group: "Selection", help: "first round: v0.5" },
  to: { takes: "text", placeholder: "round", group: "Selection", help: "last round: v3.1" },
  per: {
    takes: "choice",
    choices: ["system", "chip"],
    default: "system",
    group: "Figures",
    help: "the best system, or the fewest accelerator-minutes",
  },
  claims: {
    takes: "nothing",
    group: "What",
    help: "published claims beside what the results say, with what is not behind them",
  },
} as const;

export const gainsCommand = defineCommand({
  name: "gains",
  summary: "Show speedups over the rounds, against Moore's law",
  usage: "--benchmark <name>",
  arguments: [],
  argumentCount: { minimum: 0, maximum: 0 },
  takesProgram: false,
  examples: [
    {
      command: "pitwall gains --benchmark resnet --from v0.5 --to v3.1",
      does: "the best system of each round, and where the rules changed",
    },
    {
      command: "pitwall gains --benchmark bert --per chip",
      does: "the same per accelerator: what more machines do not explain",
    },
    { command: "pitwall gains --claims", does: "compare published claims with the results" },
  ],
  options,
  exits: [
    { code: 0, when: "shown" },
    { code: 1, when: "with --claims: a claim differs from the rows" },
    { code: 2, when: "the benchmark or round is not known" },
  ],
  async act(call) {
    if (call.options.claims) return showClaims(call);
    const { options, face, shared } = call;
    const { from, to, per } = options;
    if (options.benchmark === undefined)
      throw new UserError("one-benchmark-needed", "`pitwall gains` requires `--benchmark`", {
        hint: "for example `pitwall gains --benchmark resnet`; `pitwall results` lists the benchmarks",
      });
    const { showGains } = await import("../../workflows/results/show-gains.ts");
    const { gains, problems } = await showGains({
      filter: filterOf(options),
      from,
      to,
      per: per === "chip" ? "chip" : "system",
      home: await homeOf(face, shared),
    });
    await printProblems(problems, face, shared);
    if (shared.json) writeJson(face, "gains", gains);
    else {
      const { gainsTable } = await import("../../report/atlas/gains-table.ts");
      const look = { width: tableWidth(face), paint: face.out.paint };
      face.out.print(`${gainsTable(gains, look)}\n`);
    }
    return exitCodes.yes;
  },
});

async function showClaims({ face, shared }: Call<typeof options>) {
  const { checkClaims } = await import("../../workflows/results/show-gains.ts");
  const { claims, problems } = await checkClaims({ home: await homeOf(face, shared) });
  await printProblems(problems, face, shared);
  if (shared.json) writeJson(face, "gains", { claims });
  else {
    const { claimsText } = await import("../../report/atlas/gains-table.ts");
    face.out.print(`${claimsText(claims, face.out.paint)}\n`);
  }
  const isOff = claims.some(({ found }) => found.kind === "differs");
  return isOff ? exitCodes.no : exitCodes.yes;
}
