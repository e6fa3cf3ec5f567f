import { resolve } from "node:path";
import { UserError } from "../../foundation/errors/user-error.ts";
import { screenWidth } from "../terminal/atlas-screen.ts";
import { defineCommand, exitCodes, type Face, type SharedOptions } from "../command-table.ts";
import { openStore } from "../open-store.ts";
import { printAssumptions } from "../answers/print-assumptions.ts";

const options = {
  edition: {
    takes: "text",
    placeholder: "edition",
    group: "Selection",
    help: "the round: `training-5.1`, `hpc-3.0`; default: that of the folder, otherwise the newest with references",
  },
  svg: {
    takes: "text",
    placeholder: "file",
    group: "Output",
    help: "also draw them into a new SVG file",
  },
} as const;

async function comparedOf(text: string | undefined, face: Face, shared: SharedOptions) {
  if (text === undefined) return undefined;
  const store = await openStore(face, shared);
  return { kind: "named" as const, text, workingFolder: face.cwd, store };
}

export const rcpCommand = defineCommand({
  name: "rcp",
  summary: "Show reference convergence points, and results beside them",
  usage: "<benchmark> [folder | run]",
  arguments: [
    { name: "benchmark", help: "as in the logs: `llama31_8b`, `bert`" },
    {
      name: "folder | run",
      help: "logs, a submission or a round to compare with the references, or a run or series of `pitwall runs`",
    },
  ],
  argumentCount: { minimum: 1, maximum: 2 },
  takesProgram: false,
  examples: [
    {
      command: "pitwall rcp llama2_70b_lora",
      does: "what the reference needs to converge by batch size, and the smallest mean accepted there",
    },
    {
      command: "pitwall rcp llama2_70b_lora training_v5.1/Acme --svg rcp.svg",
      does: "the same with the results of a submission, as a picture too",
    },
  ],
  options,
  exits: [
    { code: 0, when: "shown; no result converges too fast" },
    { code: 1, when: "a result in the folder fails the convergence check" },
    { code: 2, when: "the benchmark or edition has no references, or there are no such logs" },
  ],
  async act({ arguments: words, options: { edition, svg }, face, shared }) {
    const [benchmark = "", folder] = words;
    if (svg === "")
      throw new UserError("empty-value", "`--svg` requires a file name", {
        hint: "for example `--svg rcp.svg`",
      });
    const { showReferences } = await import("../../workflows/submissions/show-references.ts");
    const request = { benchmark, edition, compared: await comparedOf(folder, face, shared) };
    const curve = await showReferences(request, face.interrupt);
    if (curve.assumedEdition !== undefined && !shared.quiet)
      await printAssumptions([curve.assumedEdition], ["rcp", ...words], face);
    if (svg !== undefined) {
      const { referenceChart } = await import("../../report/export/reference-chart.ts");
      const { writeNewFile } = await import("../../store/write-new-file.ts");
      await writeNewFile(resolve(face.cwd, svg), [referenceChart(curve)]);
    }
    if (shared.json) {
      const document = { schemaVersion: 1, command: "rcp", ok: true, result: curve };
      face.out.write(`${JSON.stringify(document)}\n`);
    } else {
      const { referencePage } = await import("../../report/logs/reference-page.ts");
      const look = {
        width: screenWidth(face),
        paint: face.out.paint,
        withNextStep: !shared.quiet,
      };
      face.out.print(`${referencePage(curve, look)}\n`);
    }
    const isAccepted = curve.submitted.every(({ outcome }) => outcome === "passes");
    return isAccepted ? exitCodes.yes : exitCodes.no;
  },
});
