import { bestOfEach } from "../../atlas/compare/best-of-accelerators.ts";
import { filterResults, type ResultFilter } from "../../atlas/rows/filter-results.ts";
import { measureRow } from "../../atlas/rows/measures.ts";
import { withoutRepeats } from "../../atlas/rows/repeated-rows.ts";
import { selectResults } from "../../atlas/rows/select-results.ts";
import { formatCount } from "../../foundation/numbers/units.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import type { Measure } from "../../schema/atlas/answers/figures.ts";
import type { ResultRow } from "../../schema/atlas/results/result-row.ts";
import type { Atlas } from "./load-atlas.ts";

export interface BestRequest {
  /** Accelerators as in `--accelerator`, or vendors. */
  names: readonly string[];
  /** Of the closed division, unless it names another. */
  filter: ResultFilter;
  per: Measure;
}

/**
 * The ids of the best results of some accelerators or vendors.
 *
 * @throws UserError `one-benchmark-needed`, `unknown-accelerator`, `no-such-result`, and what `selectResults` throws
 */
export function bestOfAccelerators(
  { names, filter: given, per }: BestRequest,
  atlas: Atlas,
): readonly string[] {
  const filter = { ...given, division: given.division ?? "closed" };
  const found = withoutRepeats(selectResults(atlas.rows, filter, atlas.groups));
  const benchmarks = [...new Set(found.map(({ benchmark }) => benchmark))];
  if (given.benchmark === undefined || benchmarks.length > 1)
    throw new UserError("one-benchmark-needed", "`--best` requires a single `--benchmark`", {
      at: "--best",
      saw: benchmarks.slice(0, 12).join(", "),
      hint: "for example `pitwall compare --best mi325x h200 --benchmark llama2_70b_lora --accelerators 8`",
    });
  const lists = names.map((name) =>
    rowsOf(name, found, atlas).map((row) => measureRow(row, atlas.rod)),
  );
  const ids = bestOfEach(lists, per).map((best, index) => {
    if (best !== undefined) return best.row.rowId;
    throw noSuchResult(names[index] ?? "", { filter, per }, atlas);
  });
  const repeated = ids.findIndex((id, index) => ids.indexOf(id) < index);
  if (repeated === -1) return ids;
  const id = ids[repeated] ?? "";
  throw new UserError(
    "same-result-twice",
    `\`${names[ids.indexOf(id)] ?? ""}\` and \`${names[repeated] ?? ""}\` have the same best result`,
    { saw: id, hint: "name different accelerators" },
  );
}

/** The results of an accelerator, else of the accelerators of a vendor. */
function rowsOf(name: string, found: readonly ResultRow[], atlas: Atlas): readonly ResultRow[] {
  const vendor = vendorOf(name, atlas);
  if (vendor !== undefined) return found.filter(({ accelerator = "" }) => vendor.has(accelerator));
  // Names that no round has are errors, and others may have no result here.
  const known = selectResults(atlas.rows, { accelerator: name }, atlas.groups);
  const ids = new Set(known.map(({ rowId }) => rowId));
  return found.filter(({ rowId }) => ids.has(rowId));
}

/** The accelerators of a vendor, if the name is that of a vendor. */
function vendorOf(name: string, { accelerators }: Atlas): ReadonlySet<string> | undefined {
  const own = accelerators.filter(({ vendor }) => vendor.toLowerCase() === name.toLowerCase());
  return own.length === 0 ? undefined : new Set(own.map((one) => one.name));
}

/** Names the sizes and rounds that the accelerator has results of. */
function noSuchResult(
  name: string,
  { filter, per }: Pick<BestRequest, "filter" | "per">,
  atlas: Atlas,
): UserError {
  const { benchmark, division } = filter;
  const all = filterResults(atlas.rows, { benchmark, division }, atlas.groups);
  const rows = all.kind === "filtered" ? rowsOf(name, all.rows, atlas) : [];
  const sizes = [...new Set(rows.map(({ acceleratorCount = 0 }) => acceleratorCount))]
    .filter((size) => size > 0)
    .toSorted((a, b) => a - b);
  const rounds = [...new Set(rows.map(({ round }) => round))];
  return new UserError(
    "no-such-result",
    `no ${division ?? ""} ${benchmark ?? ""} result of \`${name}\` matches these filters`,
    {
      ...(per === "system" ? {} : { saw: `--per ${per}` }),
      hint:
        rows.length === 0
          ? `\`pitwall results --benchmark ${benchmark ?? ""}\` lists the accelerators`
          : `it has results in ${rounds.join(", ")} with ${sizes.map(formatCount).join("; ")} accelerators`,
    },
  );
}
