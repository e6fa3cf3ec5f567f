import { expect, test } from "vitest";
import { z } from "zod";
import { resultRow } from "../../schema/atlas/result-row.ts";
import { columnWords } from "./is-result-row.ts";

test("isResultRow knows every column that holds one of a few words, and its words", () => {
  const fields = Object.entries(resultRow.shape).flatMap(([name, field]) => {
    const inner = field instanceof z.ZodOptional ? field.unwrap() : field;
    return inner instanceof z.ZodEnum ? [[name, inner.options]] : [];
  });
  expect(fields.length).toBeGreaterThan(5);
  expect(columnWords).toEqual(Object.fromEntries(fields));
});
