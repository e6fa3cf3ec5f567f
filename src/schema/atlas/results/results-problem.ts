import { z } from "zod";

/** A problem with a results folder; other folders are still read. */
export const resultsProblem = z.discriminatedUnion("kind", [
  /** An import that was cut off, or a folder of something else. */
  z.strictObject({ kind: z.literal("manifest-missing"), folder: z.string() }),
  z.strictObject({ kind: z.literal("manifest-invalid"), folder: z.string(), reason: z.string() }),
  z.strictObject({ kind: z.literal("file-missing"), folder: z.string(), file: z.string() }),
  /** Its sha256 is not the manifest's. */
  z.strictObject({ kind: z.literal("file-changed"), folder: z.string(), file: z.string() }),
  z.strictObject({
    kind: z.literal("file-unreadable"),
    folder: z.string(),
    file: z.string(),
    reason: z.string(),
  }),
]);
export type ResultsProblem = z.output<typeof resultsProblem>;
