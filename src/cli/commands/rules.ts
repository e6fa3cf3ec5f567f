import { screenWidth } from "../terminal/atlas-screen.ts";
import { type Call, defineCommand, exitCodes } from "../command-table.ts";

const options = {
  benchmark: {
    takes: "text",
    placeholder: "name",
    group: "Selection",
    help: "with an edition: also the rules of this benchmark",
  },
  division: {
    takes: "choice",
    choices: ["closed", "open"],
    default: "closed",
    group: "Selection",
    help: "with an edition: the rules of this division",
  },
} as const;

export const rulesCommand = defineCommand({
  name: "rules",
  summary: "Show the MLPerf rules: their version, and what logs must hold",
  usage: "[edition]",
  arguments: [{ name: "edition", help: "show the rules of one: training-6.1, 5.0, hpc-3.0" }],
  argumentCount: { minimum: 0, maximum: 1 },
  takesProgram: false,
  examples: [
    {
      command: "pitwall rules",
      does: "every edition, with the version and date that its rules are from",
    },
    {
      command: "pitwall rules training-6.1 --benchmark dlrmv4",
      does: "the keys that a log of this benchmark must contain, and their conditions",
    },
  ],
  options,
  exits: [
    { code: 0, when: "listed" },
    { code: 2, when: "the edition or benchmark is unknown, or the edition has no rules" },
  ],
  async act(call) {
    const [edition] = call.arguments;
    if (edition === undefined) await printEditions(call);
    else await printRules(edition, call);
    return exitCodes.yes;
  },
});

type RulesCall = Call<typeof options>;

async function printEditions({ face, shared }: RulesCall): Promise<void> {
  const { listEditions } = await import("../../workflows/check/show-rules.ts");
  const editions = await listEditions(face.nowMs());
  if (shared.json) return writeDocument({ editions }, face);
  const { editionsReport } = await import("../../report/logs/rules-report.ts");
  face.out.print(`${editionsReport(editions, lookOf(face, shared.quiet))}\n`);
}

async function printRules(edition: string, { options, face, shared }: RulesCall): Promise<void> {
  const { showRules } = await import("../../workflows/check/show-rules.ts");
  const { benchmark, division } = options;
  const shown = await showRules({ edition, benchmark, division, nowMs: face.nowMs() });
  if (shared.json) return writeDocument(shown, face);
  const { rulesReport } = await import("../../report/logs/rules-report.ts");
  face.out.print(`${rulesReport(shown, lookOf(face, shared.quiet))}\n`);
}

function writeDocument(result: unknown, face: RulesCall["face"]): void {
  face.out.write(`${JSON.stringify({ schemaVersion: 1, command: "rules", ok: true, result })}\n`);
}

function lookOf(face: RulesCall["face"], isQuiet: boolean) {
  return { width: screenWidth(face), paint: face.out.paint, withNextStep: !isQuiet };
}
