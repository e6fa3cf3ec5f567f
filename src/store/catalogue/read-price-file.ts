import { isMap, isNode, isScalar, LineCounter, parseDocument, type Document } from "yaml";
import { z } from "zod";
import { UserError } from "../../foundation/errors/user-error.ts";
import type { AcceleratorPrice } from "../../schema/atlas/answers/figures.ts";
import type { Accelerator } from "../../schema/catalogue.ts";
import { describeRefusal, readText } from "../open-file.ts";
import { findAccelerator } from "../../schema/find-accelerator.ts";

/** `2.50`, or a price with details: `{ usdPerHour: 2.50, provider: acme, source: contract, date: 2026-03 }`. */
const givenPrice = z.union([
  z.number().positive(),
  z.strictObject({
    usdPerHour: z.number().positive(),
    provider: z.string().optional(),
    source: z.string().optional(),
    date: z.union([z.string(), z.number()]).optional(),
  }),
]);
type GivenPrice = z.output<typeof givenPrice>;

/**
 * Reads a user's own prices from YAML, in dollars per hour of one accelerator: `h100-sxm: 2.50`.
 *
 * @param accelerators their names and aliases are the valid keys
 * @throws UserError `price-file-unreadable`, `yaml-broken`, `prices-invalid`; the last two contain line and column
 */
export async function readPriceFile(
  path: string,
  accelerators: readonly Accelerator[],
): Promise<AcceleratorPrice[]> {
  return parsePriceFile(await textOf(path), path, accelerators);
}

/** Like `readPriceFile`, for text that was already read. */
export function parsePriceFile(
  text: string,
  path: string,
  accelerators: readonly Accelerator[],
): AcceleratorPrice[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const source = { document, lines, path, text };
  const [broken] = document.errors;
  if (broken !== undefined)
    throw new UserError("yaml-broken", `\`${path}\` is not valid YAML`, {
      ...positionOf(source, broken.pos[0]),
      saw: `${broken.message}\n${positionOf(source, broken.pos[0]).saw}`,
      hint: schemaHint,
    });
  if (!isMap(document.contents))
    throw new UserError("prices-invalid", `\`${path}\` contains no prices`, {
      ...positionOf(source, 0),
      hint: schemaHint,
    });
  const entries: Record<string, unknown> = document.toJS();
  return Object.entries(entries).map(([key, value]) => {
    const accelerator = nameOf(key, source, accelerators);
    const parsed = givenPrice.safeParse(value);
    if (parsed.success) return priceOf(accelerator, parsed.data, path);
    throw new UserError("prices-invalid", `\`${path}\`: invalid price for \`${key}\``, {
      ...positionOf(source, offsetOf(document, key)),
      hint: schemaHint,
    });
  });
}

const schemaHint =
  "one line per accelerator, dollars per hour of one: `h100-sxm: 2.50`, or `h100-sxm: { usdPerHour: 2.50, source: our contract, date: 2026-03 }`";

async function textOf(path: string): Promise<string> {
  const read = await readText(path, { followsLinks: true });
  if (read.kind === "read") return read.text;
  throw new UserError("price-file-unreadable", `cannot read the prices in \`${path}\``, {
    at: "--prices",
    saw: describeRefusal(read),
    hint: schemaHint,
  });
}

interface Source {
  document: Document;
  lines: LineCounter;
  path: string;
  text: string;
}

function nameOf(key: string, source: Source, accelerators: readonly Accelerator[]): string {
  const found = findAccelerator(key, accelerators);
  if (found.kind === "found") return found.value.name;
  const nearest = found.kind === "unknown" ? found.nearest : undefined;
  throw new UserError("prices-invalid", `\`${source.path}\`: unknown accelerator \`${key}\``, {
    ...positionOf(source, offsetOf(source.document, key, "key")),
    hint:
      nearest === undefined
        ? `use names from \`pitwall prices\`, for example h100-sxm, a100-sxm-80gb, mi300x`
        : `did you mean \`${nearest}\`?`,
  });
}

function priceOf(accelerator: string, given: GivenPrice, path: string): AcceleratorPrice {
  const {
    usdPerHour,
    provider,
    source = path,
    date,
  } = typeof given === "number" ? { usdPerHour: given } : given;
  return {
    accelerator,
    usdPerHour,
    lowUsdPerHour: usdPerHour,
    highUsdPerHour: usdPerHour,
    providers: provider === undefined ? [] : [provider],
    date: date === undefined ? "as given" : String(date),
    source,
    origin: "given",
  };
}

function offsetOf(document: Document, key: string, part: "key" | "value" = "value"): number {
  const pairs = isMap(document.contents) ? document.contents.items : [];
  const pair = pairs.find((pair) => isScalar(pair.key) && String(pair.key.value) === key);
  const node = part === "key" ? pair?.key : (pair?.value ?? pair?.key);
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}

function positionOf({ lines, path, text }: Source, offset: number): { at: string; saw: string } {
  const { line, col } = lines.linePos(offset);
  return {
    at: `${path}:${line}:${col}`,
    saw: text.split(/\r\n|\n|\r/u)[line - 1]?.slice(0, 200) ?? "",
  };
}
