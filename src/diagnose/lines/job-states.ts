import type { SignKind } from "./sign-patterns.ts";

/** What schedulers, kubelets and container runtimes call the end of a job, a pod or a container; Slurm shortens its words in tables. */
const states: readonly [SignKind, readonly string[]][] = [
  ["host-memory", ["OUT_OF_MEMORY", "OUT_OF_ME+", "OUT_OF_M+", "OOMKilled", "OOMKilling"]],
  ["time-limit", ["TIMEOUT", "DEADLINE", "DeadlineExceeded"]],
  ["node-failed", ["NODE_FAIL", "BOOT_FAIL", "NodeLost", "NodeNotReady", "NodeShutdown"]],
  ["preemption", ["PREEMPTED", "Preempted", "Preempting", "PreemptionByScheduler"]],
];
const kinds: ReadonlyMap<string, SignKind> = new Map(
  states.flatMap(([kind, words]) => words.map((word) => [word, kind] as const)),
);

/** Where such a word is a state: in a row of a table of jobs, as the value of a key, as the reason of an event. */
const places: readonly RegExp[] = [
  /^\s*\d+(?:[._]\S+)?\s.*?\s(?<state>[A-Z_]{7,}\+?)(?:\s|$)/u,
  /\b(?:JobState|State|[Rr]eason|Phase)["']?\s*[:=]\s*["']?(?<state>[A-Za-z_]+\+?)/u,
  /^\s*(?:\S+\s+)?(?:Normal|Warning)\s+(?<state>[A-Za-z]+)\b/u,
  /"(?<state>OOMKilled)"\s*:\s*true\b/u,
];

/** What a line states about the end of a job, a pod or a container. */
export function stateInLine(text: string): SignKind | undefined {
  for (const place of places) {
    const kind = kinds.get(place.exec(text)?.groups?.["state"] ?? "");
    if (kind !== undefined) return kind;
  }
  return undefined;
}

/** Cheap test: most lines have none of the words. */
export function mayHaveState(text: string): boolean {
  return /OUT_OF_M|OOMKill|TIMEOUT|DEADLINE|Deadline|_FAIL|NodeLost|NotReady|NodeShut|PREEMPT|Preempt/u.test(
    text,
  );
}
