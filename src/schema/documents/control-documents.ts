import { z } from "zod";
import { checkedHost, hostFinding, linkTest, ringTest } from "../run/hosts/host-check.ts";
import { exclusionScopes, hostExclusion } from "../run/hosts/host-exclusion.ts";
import { runResult } from "../run/outcome/run-result.ts";

// The `result` of the JSON documents of commands that act on a run. What is unknown is absent.

const unreachable = z.array(z.strictObject({ host: z.string(), reason: z.string() }));

export const stopDocument = z.strictObject({
  runId: z.string(),
  /** Processes of the job that were running. */
  endedCount: z.number().int(),
  /** Absent if the record could not be closed. */
  outcome: z.string().optional(),
  /** Hosts where processes may still run. */
  unreachable,
  /** Why the record was not closed, although no process is left. */
  recordError: z.string().optional(),
});

export const attachDocument = z.strictObject({
  runId: z.string(),
  result: runResult,
  /** Of the series, if its launcher ended before it had started all runs. */
  remainingSeeds: z.array(z.number()).optional(),
});

export const execDocument = z.strictObject({
  runId: z.string(),
  hosts: z.array(
    z.strictObject({
      host: z.string(),
      exitCode: z.number().int(),
      stdout: z.string(),
      stderr: z.string(),
    }),
  ),
  unreachable,
});

export const fetchDocument = z.strictObject({
  runId: z.string(),
  /** Holds one folder for each host. */
  folder: z.string(),
  files: z.array(
    z.strictObject({
      host: z.string(),
      name: z.string(),
      byteCount: z.number(),
      /** Whether it was copied now; otherwise the copy that was there has the same checksum. */
      isNew: z.boolean(),
    }),
  ),
  unreachable,
});

export const hostsCheckDocument = z.strictObject({
  hosts: z.array(checkedHost),
  links: z.array(linkTest),
  rings: z.array(ringTest),
  /** Why torch.distributed was not tested, or not between all hosts. */
  untested: z.string().optional(),
  /** Processes of runs that had ended without a host, and were ended now. */
  reaped: z.array(
    z.strictObject({ host: z.string(), runId: z.string(), processCount: z.number().int() }),
  ),
  findings: z.array(hostFinding),
});

export const hostsAllowDocument = z.strictObject({
  host: z.string(),
  scope: z.enum(exclusionScopes),
  /** Whether later runs use it. */
  isAllowed: z.boolean(),
  tested: z.boolean(),
  /** Why it stays excluded. */
  findings: z.array(hostFinding),
});

export const hostsListDocument = z.strictObject({ hosts: z.array(hostExclusion) });
