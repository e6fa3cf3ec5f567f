import { expect, test } from "vitest";
import { nameAccelerator } from "../src/atlas/names/name-accelerator.ts";
import { readAccelerators } from "../src/store/catalogue/catalogue.ts";
import { readResultRows } from "../src/store/results/read-results.ts";

const { rows } = await readResultRows();
const accelerators = await readAccelerators();

/** Names in the MLPerf rounds that the catalog does not contain, because no source for their figures was found. */
const unlisted = [
  "a30",
  "ascend-910",
  "h100-sxm-96gb",
  "p100-pcie-16gb",
  "quadro-rtx-5000",
  "rtx-a5000",
  "v100s-pcie-32gb",
];

test("every accelerator of the MLPerf rounds has a reviewed name", () => {
  const names = new Map<string, string>();
  for (const { suite, acceleratorAsPublished: published, systemName, system } of rows) {
    if (!suite.startsWith("mlperf") || published === undefined) continue;
    const named = nameAccelerator(published, `${systemName ?? ""} ${system}`, accelerators);
    names.set(published, named?.name ?? "none");
  }
  const lines = [...names].map(([published, name]) => `${name}: ${published}`);
  expect(lines.toSorted()).toMatchSnapshot();
});

test("every accelerator of the MLPerf rounds is in the catalog or known to be missing there", () => {
  const known = new Set(accelerators.map(({ name }) => name));
  const missing = new Set<string>();
  for (const { suite, acceleratorAsPublished, systemName, system } of rows) {
    if (!suite.startsWith("mlperf")) continue;
    const context = `${systemName ?? ""} ${system}`;
    const named = nameAccelerator(acceleratorAsPublished, context, accelerators);
    if (named !== undefined && !known.has(named.name)) missing.add(named.name);
  }
  expect([...missing].toSorted()).toEqual(unlisted);
});
