import { z } from "zod";
import { hostName } from "./host.ts";
import { launchingHost } from "./launching-host.ts";

/** The number of a rank in its job, from 0. */
export const rankNumber = z.number().int().nonnegative();

/** Fields that identify the host and rank. Records without a host are from one-host jobs. */
export const placeFields = { host: hostName.default(launchingHost), rank: rankNumber };

const place = z.strictObject(placeFields);
/** One rank and the host that it runs on. */
export type Place = z.output<typeof place>;

/** A rank as it was started. */
export const launchedRank = z.strictObject({
  ...placeFields,
  /** The number of the rank among the ranks of its host, from 0. */
  localRank: rankNumber.default(0),
  /** What starts it, as a line to paste into a shell on its host; absent in older records. */
  command: z.string().optional(),
  /** Process id on its host; absent if the launch target does not report it. */
  pid: z.number().int().optional(),
});
export type LaunchedRank = z.output<typeof launchedRank>;
