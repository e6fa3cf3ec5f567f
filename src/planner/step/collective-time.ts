import { smoothMaximum } from "./smooth-maximum.ts";
import type { StepContext } from "./step-context.ts";

/**
 * Time to all-gather or reduce-scatter `bytes` among `ranks`, ms: inside a scale-up domain over its links, across
 * domains with all network cards of the ranks in a domain at once, where the slower part sets the pace.
 *
 * @param bytes of the whole tensor
 * @param stride ranks between two members of the group: the product of the inner dimensions
 */
export function gatherTimeMs(
  context: StepContext,
  bytes: number,
  ranks: number,
  stride: number,
): number {
  if (ranks <= 1) return 0;
  const { hardware, constants } = context;
  const inner = ranksInDomain(hardware.perNode, ranks, stride);
  const scaleUp = hardware.scaleUpBytesPerMs * constants.scaleUpShare;
  const inside = (bytes * (inner - 1)) / inner / scaleUp;
  if (inner >= ranks) return inside + constants.scaleUpLatencyMs;
  const domains = ranks / inner;
  const network = inner * hardware.networkBytesPerMs * constants.networkShare;
  const outside = (bytes * (domains - 1)) / domains / network;
  return (
    smoothMaximum(inside, outside, 0.2 * outside) + constants.networkLatencyMs * Math.log2(ranks)
  );
}

/** Time for each rank to send `bytes` to one other, ms. */
export function transferTimeMs(
  context: StepContext,
  bytes: number,
  staysInDomain: boolean,
): number {
  const { hardware, constants } = context;
  return staysInDomain
    ? bytes / (hardware.scaleUpBytesPerMs * constants.scaleUpShare) + constants.scaleUpLatencyMs
    : bytes / (hardware.networkBytesPerMs * constants.networkShare) + constants.networkLatencyMs;
}

/** Members of a group that share a scale-up domain. */
export function ranksInDomain(perNode: number, ranks: number, stride: number): number {
  return Math.max(1, Math.min(ranks, Math.floor(perNode / stride)));
}
