import type { PlacedAgentSample } from "../schema/run/events/agent-sample.ts";
import type { RunConditions } from "../schema/run/measured/run-conditions.ts";

/** The kernel counts in ticks of 10 ms: too coarse for a shorter time. */
const fewestCoreSeconds = 1;

/** The first and the newest sample of a host. */
export interface SampleSpan {
  first: PlacedAgentSample;
  last: PlacedAgentSample;
}

/** What happened on the hosts of a job besides it, over all hosts together: CPU time of other processes, and throttling by temperature. */
export function conditionsOfHosts(spans: readonly SampleSpan[]): RunConditions {
  const [busy, own, total] = spans.reduce(
    ([busySum, ownSum, totalSum], span) => {
      const machine = differenceOf(span);
      return machine === undefined
        ? [busySum, ownSum, totalSum]
        : [busySum + machine.busy, ownSum + machine.own, totalSum + machine.total];
    },
    [0, 0, 0],
  );
  const thermal = spans.flatMap((span) => throttlesOf(span) ?? []);
  return {
    ...(total < fewestCoreSeconds
      ? {}
      : { otherCpuFraction: Math.min(1, Math.max(0, busy - own) / total) }),
    ...(thermal.length === 0
      ? {}
      : { thermalThrottleCount: thermal.reduce((sum, count) => sum + count, 0) }),
  };
}

function differenceOf({
  first,
  last,
}: SampleSpan): { busy: number; own: number; total: number } | undefined {
  const [from, to] = [first.machine, last.machine];
  if (from?.busySeconds === undefined || to?.busySeconds === undefined) return undefined;
  if (from.totalSeconds === undefined || to.totalSeconds === undefined) return undefined;
  const agent = (to.agentSeconds ?? 0) - (from.agentSeconds ?? 0);
  return {
    busy: to.busySeconds - from.busySeconds,
    own: last.cpuSeconds - first.cpuSeconds + agent,
    total: to.totalSeconds - from.totalSeconds,
  };
}

function throttlesOf({ first, last }: SampleSpan): number | undefined {
  const [from, to] = [first.machine?.thermalThrottleCount, last.machine?.thermalThrottleCount];
  return from === undefined || to === undefined ? undefined : Math.max(0, to - from);
}
