import type { Frame } from "./frame-decoder.ts";

export interface PlacedFrame {
  frame: Frame;
  /** Its time by this machine's clock, milliseconds since the epoch. */
  ownMs: number;
}

/** Above this many frames or bytes of one host that wait for those of others, the host is no longer read. */
const mostWaiting = 4096;
const mostWaitingBytes = 4 << 20;

interface Waiting {
  waiting: PlacedFrame[];
  waitingBytes: number;
  isCaughtUp: boolean;
}

/**
 * Puts the frames of several hosts in the order of their times, as they would have arrived during the job. A frame is given out once
 * no earlier one can follow: every other host has a later one, or has delivered all that it stored.
 */
export class FrameMerge {
  readonly #hosts = new Map<string, Waiting>();

  constructor(hosts: readonly string[]) {
    for (const host of hosts)
      this.#hosts.set(host, { waiting: [], waitingBytes: 0, isCaughtUp: false });
  }

  push(host: string, frame: PlacedFrame): void {
    const found = this.#hosts.get(host);
    if (found === undefined) return;
    found.waiting.push(frame);
    found.waitingBytes += frame.frame.payload.length;
  }

  /** All frames that were stored on the host before have arrived, or none will arrive any more. */
  caughtUp(host: string): void {
    const found = this.#hosts.get(host);
    if (found !== undefined) found.isCaughtUp = true;
  }

  /** Whether all hosts are caught up and no frame is waiting. */
  get isCaughtUp(): boolean {
    return [...this.#hosts.values()].every((each) => each.isCaughtUp && each.waiting.length === 0);
  }

  /** Whether many frames of a host wait for those of other hosts. */
  isAhead(host: string): boolean {
    const { waiting = [], waitingBytes = 0 } = this.#hosts.get(host) ?? {};
    return waiting.length > mostWaiting || waitingBytes > mostWaitingBytes;
  }

  *inOrder(): Generator<PlacedFrame & { host: string }> {
    const cursors = [...this.#hosts].map(([host, each]) => ({ host, each, at: 0 }));
    try {
      for (;;) {
        const isHeldBack = cursors.some(
          ({ each, at }) => !each.isCaughtUp && at >= each.waiting.length,
        );
        if (isHeldBack) return;
        const heads = cursors.filter(({ each, at }) => at < each.waiting.length);
        const [first] = heads.toSorted((a, b) => headMs(a) - headMs(b));
        const head = first?.each.waiting[first.at];
        if (first === undefined || head === undefined) return;
        first.at += 1;
        first.each.waitingBytes -= head.frame.payload.length;
        yield { host: first.host, ...head };
      }
    } finally {
      for (const { each, at } of cursors) if (at > 0) each.waiting.splice(0, at);
    }
  }
}

function headMs({ each, at }: { each: { waiting: readonly PlacedFrame[] }; at: number }): number {
  return each.waiting[at]?.ownMs ?? Number.POSITIVE_INFINITY;
}
