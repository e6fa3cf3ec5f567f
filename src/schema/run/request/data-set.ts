import { z } from "zod";
import { hostName } from "../hosts/host.ts";

/** Data that a run needs on each of its hosts. */
export const dataRequest = z.strictObject({
  /** Programs find its path in `PITWALL_DATA_<name>`. */
  name: z.string().regex(/^[A-Z0-9][A-Z0-9_]*$/),
  /** A file or folder of this machine (absolute), `host:path`, or an address of http or https. */
  source: z.string(),
  /** The expected SHA-256 of a single file. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  /** Where the data is put on each host, absolute or from `~/`; default: a folder named after its content. */
  path: z.string().optional(),
});
export type DataRequest = z.output<typeof dataRequest>;

/** How the data came to be on a host. */
export const dataOrigins = ["sent", "repaired", "reused", "found", "in-place"] as const;

/** A data set on a host, verified. */
export const stagedData = z.strictObject({
  host: hostName,
  name: z.string(),
  source: z.string(),
  /** Absolute, on the host. */
  path: z.string(),
  /** Of a file its content; of a folder its names, lengths and the SHA-256 of each file. */
  sha256: z.string().length(64),
  bytes: z.number().nonnegative(),
  fileCount: z.number().int().positive(),
  /** `repaired`: files that differed were sent again; `found`: it existed; `in-place`: it is used where the source is. */
  how: z.enum(dataOrigins),
  /** Bytes that were missing on the host. */
  sentBytes: z.number().nonnegative(),
  /** Bytes whose checksum was compared now; the lengths of the others were. */
  checkedBytes: z.number().nonnegative(),
  /** Bytes that were read into the page cache; fewer than `bytes` if free memory is smaller. */
  warmBytes: z.number().nonnegative(),
  durationMs: z.number().nonnegative(),
});
export type StagedData = z.output<typeof stagedData>;
