import type { Context } from "hono";
import { z } from "zod";
import { UserError } from "../../foundation/errors/user-error.ts";
import { logLevels } from "../../schema/dashboard/log-page.ts";
import { heatmapMetrics, rankOrders, xAxes } from "../../schema/dashboard/run-series.ts";

const integer = (min: number, max: number) => z.coerce.number().int().min(min).max(max);
const position = z.coerce.number().refine(Number.isFinite, "must be a number");
const rank = integer(0, 1 << 20).optional();

/** A list such as `loss,stepMs`: at most 32 names. */
const names = z
  .string()
  .max(1000)
  .transform((text) => [...new Set(text.split(",").filter((name) => name !== ""))])
  .pipe(z.array(z.string().max(64)).min(1).max(32));

export const seriesQuery = z.object({
  names,
  x: z.enum(xAxes).default("clock"),
  from: position.optional(),
  to: position.optional(),
  width: integer(1, 4000).default(1200),
  rank,
});

export const heatmapQuery = z.object({
  metric: z.enum(heatmapMetrics).default("stepMs"),
  columns: integer(1, 2000).default(400),
  rows: integer(1, 1024).default(256),
  order: z.enum(rankOrders).default("rank"),
  from: position.optional(),
  to: position.optional(),
});

/** Characters of a log response: 5,000 lines of 4,000 characters, or 19 lines of 1 MiB. */
const maxLogCharacters = 20_000_000;

export const logQuery = z
  .object({
    from: z.coerce.number().int().default(-500),
    limit: integer(1, 5000).default(500),
    rank,
    find: z.string().max(200).optional(),
    level: z.enum(logLevels).optional(),
    mllog: z.enum(["show", "hide"]).default("show"),
    characters: integer(1, 1 << 20).default(4000),
  })
  .refine(({ limit, characters }) => limit * characters <= maxLogCharacters, {
    path: ["characters"],
    message: "limit × characters must not exceed 20000000",
  });

export const logBytesQuery = z.object({
  line: integer(1, Number.MAX_SAFE_INTEGER).optional(),
});

export const streamQuery = z.object({
  names: names.default([]),
  x: z.enum(xAxes).default("clock"),
  width: integer(1, 4000).default(1200),
  rank,
});

export const rowQuery = z.object({ rowId: z.string().min(1).max(1000) });

const shortText = z.string().min(1).max(200).optional();

export const referencesQuery = z.object({
  benchmark: shortText,
  edition: shortText,
  series: shortText,
});

/** @throws UserError `question-invalid` */
export function readQuery<T>(schema: z.ZodType<T>, { req }: Context): T {
  return parsed(schema, req.query());
}

/** @throws UserError `question-invalid` */
export function parsed<T>(schema: z.ZodType<T>, value: unknown): T {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const message = `invalid query: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`;
  throw new UserError("question-invalid", message);
}
