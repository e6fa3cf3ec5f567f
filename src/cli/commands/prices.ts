import { UserError } from "../../foundation/errors/user-error.ts";
import { screenWidth } from "../terminal/atlas-screen.ts";
import { defineCommand, exitCodes } from "../command-table.ts";

const options = {
  accelerator: {
    takes: "text",
    placeholder: "name",
    group: "Selection",
    help: "only machines with this accelerator: h100-sxm, 'NVIDIA H100 80GB HBM3'",
  },
  provider: {
    takes: "text",
    placeholder: "name",
    group: "Selection",
    help: "only this provider's: aws, lambda, …",
  },
} as const;

export const pricesCommand = defineCommand({
  name: "prices",
  summary: "List machine prices, cheapest accelerator-hour first",
  usage: "",
  arguments: [],
  argumentCount: { minimum: 0, maximum: 0 },
  takesProgram: false,
  examples: [
    {
      command: "pitwall prices --accelerator h100-sxm",
      does: "who rents H100s, at what price of which day; the first column is what --price takes",
    },
  ],
  options,
  exits: [
    { code: 0, when: "listed" },
    { code: 1, when: "there is no such entry" },
  ],
  async act({ options: { accelerator, provider }, face, shared }) {
    const { readPriceEntries } = await import("../../store/catalogue/catalogue.ts");
    const name = accelerator === undefined ? undefined : await acceleratorNamed(accelerator);
    const entries = (await readPriceEntries()).filter(
      (entry) =>
        (name === undefined || entry.accelerator === name) &&
        (provider === undefined || entry.provider === provider.toLowerCase()),
    );
    if (shared.json) {
      const document = { schemaVersion: 1, command: "prices", ok: true, result: entries };
      face.out.write(`${JSON.stringify(document)}\n`);
    } else if (entries.length > 0) {
      const { priceTable } = await import("../../report/price-table.ts");
      const look = { width: screenWidth(face), paint: face.out.paint };
      face.out.print(`${priceTable(entries, look)}\n`);
    } else if (!shared.quiet) {
      face.err.write("the catalogue has no such entry\n");
    }
    return entries.length > 0 ? exitCodes.yes : exitCodes.no;
  },
});

async function acceleratorNamed(text: string): Promise<string> {
  const { findAccelerator } = await import("../../schema/find-accelerator.ts");
  const { readAccelerators } = await import("../../store/catalogue/catalogue.ts");
  const found = findAccelerator(text, await readAccelerators());
  if (found.kind === "found") return found.value.name;
  const { nearest } = found;
  throw new UserError("unknown-accelerator", `unknown accelerator \`${text}\``, {
    at: "--accelerator",
    hint:
      nearest === undefined
        ? "for example h100-sxm, a100-sxm-80gb, mi300x"
        : `did you mean \`${nearest}\`?`,
  });
}
