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
      const after = timesMs.findIndex((sampleMs) => sampleMs >= timeMs);
      const next = after < 0 ? timesMs.length - 1 : after;
      const previous = Math.max(0, after < 0 ? next : next - 1);
      const [startMs, endMs] = [timesMs[previous] ?? 0, timesMs[next] ?? 0];
      if (timeMs < startMs) return undefined;
      const [from, to] = [seconds[previous] ?? 0, seconds[next] ?? 0];
      const passed = endMs > startMs ? Math.min(1, (timeMs - startMs) / (endMs - startMs)) : 1;
      total = (total ?? 0) + from + (to - from) * passed;
    }
    return total;
  }
}
