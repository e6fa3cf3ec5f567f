import { expect, test } from "vitest";
import { nameAccelerator } from "../src/atlas/names/name-accelerator.ts";
import { readAccelerators } from "../src/store/catalogue/catalogue.ts";
import { readResultRows } from "../src/store/results/read-results.ts";

const { rows } = await readResultRows();
const accelerators = await readAccelerators();

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

test("every accelerator of the MLPerf rounds is in the catalog", () => {
  const known = new Set(accelerators.map(({ name }) => name));
  const missing = new Set<string>();
  for (const { suite, acceleratorAsPublished, systemName, system } of rows) {
    if (!suite.startsWith("mlperf")) continue;
    const context = `${systemName ?? ""} ${system}`;
    const named = nameAccelerator(acceleratorAsPublished, context, accelerators);
    if (named !== undefined && !known.has(named.name)) missing.add(named.name);
  }
  expect([...missing]).toEqual([]);
});

test("the shipped rows have the names that the table gives", () => {
  const stale = rows.filter(
    ({ suite, accelerator, acceleratorAsPublished, systemName, system }) => {
      if (!suite.startsWith("mlperf")) return false;
      const context = `${systemName ?? ""} ${system}`;
      return nameAccelerator(acceleratorAsPublished, context, accelerators)?.name !== accelerator;
    },
  );
  expect(stale.map(({ rowId }) => rowId)).toEqual([]);
});
