import type { RunRequest } from "../../schema/run/request/run-request.ts";

/** A property of the environment that differs between runs. */
export interface EnvironmentChange {
  field: string;
  was: string;
  is: string;
}

type Place = Pick<RunRequest, "system" | "environment" | "owner">;

/** The differences in host, system and software between the first run and the last. */
export function environmentChanges(runs: readonly Place[]): EnvironmentChange[] {
  const first = runs[0];
  const last = runs.at(-1);
  if (first === undefined || last === undefined) return [];
  const was = factsOf(first);
  const is = factsOf(last);
  const fields = new Set([...Object.keys(was), ...Object.keys(is)]);
  return [...fields].flatMap((field) =>
    was[field] === is[field]
      ? []
      : [{ field, was: was[field] ?? "absent", is: is[field] ?? "absent" }],
  );
}

function factsOf({ system, environment, owner }: Place): Record<string, string> {
  // The frequency is momentary and always differs.
  const { host_processor_frequency: _, ...lasting } = system;
  const facts = { host: owner.hostname, ...environment, ...lasting };
  return Object.fromEntries(
    Object.entries(facts)
      .filter(([, value]) => value !== undefined)
      .map(([field, value]) => [field, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}
