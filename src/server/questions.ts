import { z } from "zod";
import { heatmapMetrics, rankOrders, xAxes } from "../schema/dashboard/run-series.ts";

const whole = (least: number, most: number) => z.coerce.number().int().min(least).max(most);
const place = z.coerce.number().refine(Number.isFinite, "must be a number");
const rank = whole(0, 1 << 20).optional();

/** `loss,stepMs`: at most 32 names. */
const names = z
  .string()
  .max(1000)
  .transform((text) => [...new Set(text.split(",").filter((name) => name !== ""))])
  .pipe(z.array(z.string().max(64)).min(1).max(32));

export const seriesQuestion = z.object({
  names,
  x: z.enum(xAxes).default("clock"),
  from: place.optional(),
  to: place.optional(),
  width: whole(1, 4000).default(1200),
  rank,
});

export const heatmapQuestion = z.object({
  metric: z.enum(heatmapMetrics).default("stepMs"),
  columns: whole(1, 2000).default(400),
  rows: whole(1, 1024).default(256),
  order: z.enum(rankOrders).default("rank"),
  from: place.optional(),
  to: place.optional(),
});

/** Characters of an answer about a log: 5,000 lines of 4,000 characters, or 19 lines of 1 MiB. */
const maxLogCharacters = 20_000_000;

export const logQuestion = z
  .object({
    from: z.coerce.number().int().default(-500),
    limit: whole(1, 5000).default(500),
    rank,
    find: z.string().max(200).optional(),
    characters: whole(1, 1 << 20).default(4000),
  })
  .refine(({ limit, characters }) => limit * characters <= maxLogCharacters, {
    path: ["characters"],
    message: "limit × characters must not exceed 20000000",
  });

export const logBytesQuestion = z.object({
  line: whole(1, Number.MAX_SAFE_INTEGER).optional(),
});

export const streamQuestion = z.object({
  names: names.default([]),
  x: z.enum(xAxes).default("clock"),
  width: whole(1, 4000).default(1200),
  rank,
});

export const rowQuestion = z.object({ rowId: z.string().min(1).max(1000) });
