import type { StagedData } from "../../schema/run/request/data-set.ts";

/** Where the program finds its data, by host: `PITWALL_DATA` is the first data set, `PITWALL_DATA_<name>` each. */
export function variablesOf(
  staged: readonly Pick<StagedData, "host" | "name" | "path">[],
): Map<string, Record<string, string>> {
  const byHost = new Map<string, Record<string, string>>();
  for (const { host, name, path } of staged) {
    const known = byHost.get(host) ?? { PITWALL_DATA: path };
    byHost.set(host, { ...known, [`PITWALL_DATA_${name}`]: path });
  }
  return byHost;
}
