import type { HostFacts } from "../../schema/run/hosts/host-facts.ts";

/** The folder of a job on a host; hosts may share their home. */
export function jobFolder({ home }: Pick<HostFacts, "home">, run: string, host: string): string {
  return `${home}/.pitwall/jobs/${run}.${host}`;
}
