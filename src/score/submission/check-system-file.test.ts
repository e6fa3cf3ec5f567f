import { describe, expect, test } from "vitest";
import { mlperfSystemFields } from "../../schema/logs/mlperf-system-file.ts";
import { checkSystemFile } from "./check-system-file.ts";

const path = "systems/node8.json";
const complete: Record<string, unknown> = {
  ...Object.fromEntries(mlperfSystemFields.map((field) => [field, "x"])),
  division: "closed",
  status: "Available on-premise",
};

function check(content: unknown, edition = "training-5.1") {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  return checkSystemFile({ kind: "text", path, text }, { edition });
}

describe("checkSystemFile", () => {
  test("finds nothing in a complete description", () => {
    expect(check(complete)).toEqual([]);
  });

  test("reports each missing field, and the field with the nearest name", () => {
    const { host_memory_capacity: memory, cooling: _, ...rest } = complete;
    expect(check({ ...rest, host_memory_capactiy: memory })).toEqual([
      {
        rule: "system-fields-missing",
        path,
        fields: [
          { field: "host_memory_capacity", writtenAs: "host_memory_capactiy" },
          { field: "cooling", writtenAs: undefined },
        ],
      },
    ]);
  });

  test("requires 33 fields", () => {
    expect(check({})).toEqual([
      expect.objectContaining({ fields: expect.objectContaining({ length: 33 }) }),
    ]);
  });

  test("requires the exact spelling of the status since round 4.0, and not before", () => {
    const old = { ...complete, status: "Available on premise" };
    expect(check(old, "training-3.1")).toEqual([]);
    expect(check(old, "hpc-3.0")).toEqual([]);
    expect(check(old, "training-4.0")).toEqual([
      expect.objectContaining({
        rule: "system-value-odd",
        field: "status",
        seen: "Available on premise",
        nearest: "Available on-premise",
      }),
    ]);
  });

  test("suggests the nearest division", () => {
    expect(check({ ...complete, division: "close" })).toEqual([
      expect.objectContaining({ field: "division", seen: "close", nearest: "closed" }),
    ]);
  });

  test.each([
    { name: "nothing", text: " \n", reason: "the file is empty" },
    { name: "a list", text: "[]", reason: "not a JSON object" },
  ])("calls $name invalid", ({ text, reason }) => {
    expect(check(text)).toEqual([{ rule: "system-file-invalid", path, reason }]);
  });

  test("reports the line of a JSON error", () => {
    const text = `${JSON.stringify(complete, null, 2).slice(0, -2)},\n}`;
    expect(check(text)).toEqual([
      expect.objectContaining({ rule: "system-file-invalid", line: 35 }),
    ]);
  });

  test("suggests the nearest name if the file is missing", () => {
    const others = ["node4.json", "readme.txt", "nodes8.json"];
    const found = checkSystemFile({ kind: "missing", path, others }, { edition: undefined });
    expect(found).toEqual([{ rule: "system-file-missing", path, nearest: "node4.json" }]);
  });
});
