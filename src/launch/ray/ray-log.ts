import { z } from "zod";
import { hostFacts } from "../../schema/run/hosts/host-facts.ts";
import { hostName } from "../../schema/run/hosts/host.ts";

const rayEvent = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("waiting"), reason: z.string() }),
  z.object({
    kind: z.literal("placed"),
    timeMs: z.number(),
    hosts: z
      .array(
        z.object({
          host: hostName,
          facts: hostFacts,
          /** Absent in jobs of older versions. */
          nodeId: z
            .string()
            .regex(/^[0-9a-f]+$/u)
            .optional(),
          /** Of the node's part of the job. */
          folder: z.string().optional(),
        }),
      )
      .min(1),
  }),
  /** The last frames of a node follow. */
  z.object({ kind: z.literal("ended"), host: hostName }),
  z.object({ kind: z.literal("lost"), host: hostName, reason: z.string() }),
  z.object({ kind: z.literal("set-up-failed"), command: z.string(), output: z.string() }),
  z.object({ kind: z.literal("failed"), reason: z.string() }),
]);
type RayEvent = z.output<typeof rayEvent>;
export type Placed = Extract<RayEvent, { kind: "placed" }>;

export interface RayLog {
  placed: Placed | undefined;
  /** Why the job waits. */
  waiting: string | undefined;
  failed: string | undefined;
  setUpFailed: Extract<RayEvent, { kind: "set-up-failed" }> | undefined;
  /** Nodes that have ended; their last frames may follow. */
  endedHosts: ReadonlySet<string>;
  /** Lines that are not from Pitwall. */
  otherLines: readonly string[];
}

/** What `agent/ray_driver.py` has reported in the log of a job. */
export function readRayLog(text: string): RayLog {
  const endedHosts = new Set<string>();
  const otherLines: string[] = [];
  const events: RayEvent[] = [];
  for (const line of text.split("\n")) {
    const event = eventIn(line);
    if (event !== undefined) events.push(event);
    if (event?.kind === "ended" || event?.kind === "lost") endedHosts.add(event.host);
    if (!line.startsWith(":::PITWALL-") && line.trim() !== "") otherLines.push(line);
  }
  return {
    placed: events.findLast((event) => event.kind === "placed"),
    waiting: events.findLast((event) => event.kind === "waiting")?.reason,
    failed: events.findLast((event) => event.kind === "failed")?.reason,
    setUpFailed: events.findLast((event) => event.kind === "set-up-failed"),
    endedHosts,
    otherLines,
  };
}

function eventIn(line: string): RayEvent | undefined {
  const [, json] = /^:::PITWALL-RAY (\{.*\})$/u.exec(line) ?? [];
  if (json === undefined) return undefined;
  try {
    return rayEvent.safeParse(JSON.parse(json)).data;
  } catch {
    return undefined;
  }
}
