import type { OutputStream } from "../../../launch/launcher.ts";
import type { Place } from "../../../schema/run/hosts/rank.ts";

/** One stream of one rank. */
export type OutputSource = Place & { stream: OutputStream };

export function sourceOf({ host, rank, stream }: OutputSource): string {
  return `${host} ${rank} ${stream}`;
}
