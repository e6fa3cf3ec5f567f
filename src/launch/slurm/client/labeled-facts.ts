import { hostFacts, type HostFacts } from "../../../schema/run/hosts/host-facts.ts";

/** What a host of a job is. */
export interface DescribedHost {
  host: string;
  facts: HostFacts;
}

/** A line of `srun --label`: the number of the task, which is that of the node, and what the task printed. */
export function factsIn(line: string, hosts: readonly string[]): DescribedHost[] {
  const [, task, text = ""] = /^\s*(\d+): (\{.*\})\s*$/u.exec(line) ?? [];
  const host = hosts[Number(task)];
  if (host === undefined) return [];
  const parsed = hostFacts.safeParse(JSON.parse(text));
  return parsed.success ? [{ host, facts: parsed.data }] : [];
}
