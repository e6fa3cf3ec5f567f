import { expect, test } from "vitest";
import { z } from "zod";
import { resultRow } from "../../schema/atlas/results/result-row.ts";
import { columnValues } from "./is-result-row.ts";

test("isResultRow knows every enumerated column and its values", () => {
  const fields = Object.entries(resultRow.shape).flatMap(([name, field]) => {
    const inner = field instanceof z.ZodOptional ? field.unwrap() : field;
    return inner instanceof z.ZodEnum ? [[name, inner.options]] : [];
  });
  expect(fields.length).toBeGreaterThan(5);
  expect(columnValues).toEqual(Object.fromEntries(fields));
});
