import { expect, test } from "vitest";
import { mlperfSystemFields, toMlperfSystemJson } from "./mlperf-system-file.ts";
import { systemDescription } from "../system-description.ts";

const terms = { submitter: "Someone", division: "open", status: "Available on-premise" } as const;
const smallest = systemDescription.parse({
  system_name: "desk",
  number_of_nodes: 1,
  accelerators_per_node: 0,
});

test("an exported description has each of the 33 fields once, empty where unknown", () => {
  const exported = toMlperfSystemJson(smallest, terms);
  expect(Object.keys(exported)).toEqual([...mlperfSystemFields]);
  expect(new Set(mlperfSystemFields).size).toBe(33);
  expect(exported).toMatchObject({ ...terms, system_name: "desk", cooling: "", framework: "" });
});

test("numbers become text, because the checker joins fields as text", () => {
  expect(toMlperfSystemJson({ ...smallest, host_processor_core_count: 72 }, terms)).toMatchObject({
    number_of_nodes: "1",
    accelerators_per_node: "0",
    host_processor_core_count: "72",
  });
});

test("keeps software stacks and additional fields", () => {
  const stack = { cuda: "12.9", nccl: "2.26" };
  const system = { ...smallest, other_software_stack: stack, power_management: "none" };
  expect(toMlperfSystemJson(systemDescription.parse(system), terms)).toMatchObject({
    other_software_stack: stack,
    power_management: "none",
  });
});
