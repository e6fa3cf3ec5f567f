import { z } from "zod";
import { parseRasText } from "./parse-ras-text.ts";
import type { RasStatus } from "./ras-status.ts";

const place = {
  rank: z.number().int(),
  host: z.string(),
  pid: z.number().int(),
  cuda_dev: z.number().int(),
};

/** As `src/ras/client_support.cc` of NCCL 2.28 and newer writes it. */
const rasDocument = z.object({
  nccl_version: z.string(),
  communicators: z.array(
    z.object({
      hash: z.string(),
      size: z.number().int().positive(),
      ranks: z.array(
        z.object({
          ...place,
          status: z.object({ init_state: z.number(), async_error: z.number() }),
          collective_counts: z.record(z.string(), z.number().nonnegative()),
        }),
      ),
      missing_ranks: z.array(
        z.object({
          ...place,
          status: z.object({ unresponsive: z.boolean(), considered_dead: z.boolean() }),
        }),
      ),
    }),
  ),
});
type Place = { host: string; pid: number; cuda_dev: number };

/** `ncclSuccess` and `ncclInProgress`. */
const soundStates = new Set([0, 7]);

/**
 * Reads an answer of NCCL's RAS: the JSON of `SET FORMAT json`, or the text of versions before it; lines of the protocol before it are skipped.
 *
 * @returns undefined if the text is something else
 */
export function parseRasStatus(text: string, file: string): RasStatus | undefined {
  const start = /^(?:\{|NCCL version )/mu.exec(text)?.index;
  if (start === undefined) return undefined;
  const body = text.slice(start);
  if (!body.startsWith("{")) return parseRasText(body, file);
  const { data } = rasDocument.safeParse(parseJson(body));
  if (data === undefined) return undefined;
  return {
    file,
    ncclVersion: data.nccl_version,
    communicators: data.communicators.map(({ hash, size, ranks, missing_ranks: missing }) => ({
      hash,
      size,
      ranks: ranks.map((each) => ({
        rank: each.rank,
        process: processOf(each),
        counts: new Map(Object.entries(each.collective_counts)),
        hasError:
          !soundStates.has(each.status.async_error) || !soundStates.has(each.status.init_state),
      })),
      missing: missing.map((each) => ({
        rank: each.rank,
        process: processOf(each),
        isDead: each.status.considered_dead,
      })),
    })),
  };
}

/** One rank of a job has one GPU of one process. */
function processOf({ host, pid, cuda_dev: gpu }: Place): string | undefined {
  return pid < 0 ? undefined : `process ${pid} on ${host}, GPU ${gpu}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Cut off, or another file that begins with a brace.
    return undefined;
  }
}
