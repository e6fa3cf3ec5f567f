/** Without a newer sample, what a host does now is not known. */
const newestSampleMs = 10_000;
/** Cores per process that count as none. */
const idleCores = 0.03;

/** The CPU time used by the processes of a run over time, total over all hosts. */
export class CpuHistory {
  readonly #hosts = new Map<string, { timesMs: number[]; seconds: number[] }>();

  /** @param cpuSeconds since launch; samples of a host are in order */
  push({ host, timeMs, cpuSeconds }: { host: string; timeMs: number; cpuSeconds: number }): void {
    const known = this.#hosts.get(host);
    if (known === undefined) {
      this.#hosts.set(host, { timesMs: [timeMs], seconds: [cpuSeconds] });
      return;
    }
    known.timesMs.push(timeMs);
    known.seconds.push(cpuSeconds);
  }

  /** CPU seconds used until then, interpolated between samples; undefined before the first sample of a host. */
  secondsAt(timeMs: number): number | undefined {
    let total: number | undefined;
    for (const { timesMs, seconds } of this.#hosts.values()) {
      const before = timesMs.findLastIndex((sampleMs) => sampleMs < timeMs);
      const next = Math.min(timesMs.length - 1, before + 1);
      const previous = before + 1 === timesMs.length ? next : Math.max(0, before);
      const [startMs, endMs] = [timesMs[previous] ?? 0, timesMs[next] ?? 0];
      if (timeMs < startMs) return undefined;
      const [from, to] = [seconds[previous] ?? 0, seconds[next] ?? 0];
      const passed = endMs > startMs ? Math.min(1, (timeMs - startMs) / (endMs - startMs)) : 1;
      total = (total ?? 0) + from + (to - from) * passed;
    }
    return total;
  }

  /**
   * Whether all processes have waited from then until now; false if that is not known.
   *
   * @param processCount the number of ranks and hosts: launchers of ranks look at them a few times per second
   */
  isIdle({
    fromMs,
    toMs,
    processCount,
  }: {
    fromMs: number;
    toMs: number;
    processCount: number;
  }): boolean {
    for (const { timesMs } of this.#hosts.values()) {
      if (toMs - (timesMs.at(-1) ?? 0) > newestSampleMs) return false;
    }
    const [from, to] = [this.secondsAt(fromMs), this.secondsAt(toMs)];
    if (from === undefined || to === undefined) return false;
    return (to - from) / ((toMs - fromMs) / 1000) < idleCores * processCount;
  }
}
