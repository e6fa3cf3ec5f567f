/** The other rank of a call of PyTorch in which a rank waits, `send` or `recv`. */
export interface WaitedPeer {
  call: "send" | "recv";
  rank: number;
}

const ofHelper = /^# waits in (send|recv) for rank (\d+)$/mu;

/** For which rank a stack waits, if the file of the stack says so: gloo's calls between two ranks are in no Flight Recorder dump. */
export function peerOfStack(text: string): WaitedPeer | undefined {
  const [, call, rank] = ofHelper.exec(text) ?? [];
  if (call !== "send" && call !== "recv") return undefined;
  return { call, rank: Number(rank) };
}
