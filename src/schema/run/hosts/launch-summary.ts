import { z } from "zod";
import { dataRequest } from "../request/data-set.ts";
import { hostName } from "./host.ts";
import { launchTarget } from "./launch-target.ts";

/** Where a series is started, and what that costs. */
export const launchSummary = z.strictObject({
  launchTarget,
  /** Empty if a scheduler chooses them. */
  hosts: z.array(hostName),
  hostCount: z.number().int().positive(),
  /** Absent if the program starts its ranks itself. */
  rankCount: z.number().int().positive().optional(),
  /** Of all hosts together, US dollars; absent without a price. */
  usdPerHour: z.number().optional(),
});
export type LaunchSummary = z.output<typeof launchSummary>;

/** What `--dry-run` reports. */
export const launchPreview = launchSummary.extend({
  kind: z.literal("dry-run"),
  /** The program and its arguments, with the first seed. */
  command: z.array(z.string()),
  cwd: z.string(),
  seeds: z.array(z.number().int().nonnegative()),
  /** What would be put on each host before the launch; absent if nothing. */
  data: z.array(dataRequest).optional(),
  /** The shell command that would run before each run. */
  prepare: z.string().optional(),
  /** What the scheduler would be given, without the text of the agent. */
  script: z.string().optional(),
});
export type LaunchPreview = z.output<typeof launchPreview>;
