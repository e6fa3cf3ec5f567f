import type { DataRequest, StagedData } from "../../schema/run/request/data-set.ts";
import type { StagingHost } from "../data/stage-on-host.ts";
import type { StageOptions, StagingEvent } from "../launcher.ts";
import { stagingScript } from "../staging-script.ts";
import type { SshHosts } from "./ssh-hosts.ts";

/** Puts data on hosts that ssh reaches. */
export async function* stageOverSsh(
  data: readonly DataRequest[],
  options: StageOptions,
  { hosts, nowMs }: { hosts: SshHosts; nowMs: () => number },
): AsyncGenerator<StagingEvent, readonly StagedData[]> {
  const { stageData } = await import("../data/stage-data.ts");
  const parts = {
    hosts: () => stagingHosts(hosts),
    shell: () => hosts.shell(),
    scriptFile: stagingScript(hosts.agentFile),
    usesInPlace: false,
    nowMs,
  };
  return yield* stageData(data, parts, options);
}

async function stagingHosts(hosts: SshHosts): Promise<StagingHost[]> {
  const opened = await hosts.open();
  return Promise.all(
    opened.map(async ({ access, host, facts }) => ({
      access,
      python: facts.python,
      remote: { shell: await hosts.sshCommand(host), destination: host.destination },
    })),
  );
}
