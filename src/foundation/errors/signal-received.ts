/** The reason of an abort by a signal. It has the name that an abort without a reason has. */
export class SignalReceived extends Error {
  override readonly name = "AbortError";
  readonly signal: string;

  constructor(signal: string) {
    super(`${signal} was received`);
    this.signal = signal;
  }
}

/** Whether the abort is due to SIGTERM, which a machine sends before it is preempted, and not to a person. */
export function isTerminated({ aborted, reason }: { aborted: boolean; reason: unknown }): boolean {
  return aborted && reason instanceof SignalReceived && reason.signal === "SIGTERM";
}
