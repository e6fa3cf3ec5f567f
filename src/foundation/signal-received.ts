/** The reason of an abort by a signal. Its name is that of an abort without a reason. */
export class SignalReceived extends Error {
  override readonly name = "AbortError";
  readonly signal: string;

  constructor(signal: string) {
    super(`${signal} was received`);
    this.signal = signal;
  }
}

/** Whether a process is to end because of SIGTERM, as when its machine is taken away, and not because a person stopped it. */
export function isTerminated({ aborted, reason }: { aborted: boolean; reason: unknown }): boolean {
  return aborted && reason instanceof SignalReceived && reason.signal === "SIGTERM";
}
