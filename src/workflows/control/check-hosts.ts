import { join } from "node:path";
import type {
  CheckedHost,
  HostFinding,
  LinkTest,
  RingTest,
} from "../../schema/run/hosts/host-check.ts";
import type { LaunchTargetOf } from "../../schema/run/hosts/launch-target.ts";
import { judgeHosts } from "../../score/hosts/judge-hosts.ts";
import { packageRoot } from "../../store/catalogue/package-root.ts";
import { readHosts } from "../launch/targets/read-hosts.ts";
import { launchMeans } from "../launch/targets/target-worlds.ts";
import type { ReapedJob } from "../../launch/launcher.ts";
import type { RunStore } from "../../store/records/run-store.ts";
import { isRunOver } from "./is-run-over.ts";
import type { Means } from "./reach-run.ts";

export interface HostsCheck {
  hosts: CheckedHost[];
  links: LinkTest[];
  rings: RingTest[];
  /** Why torch.distributed was not tested, or not between all. */
  untested?: string;
  /** Processes of earlier runs that were left on the hosts and were ended. */
  reaped: ReapedJob[];
  findings: HostFinding[];
}

/**
 * Checks whether a job can run on hosts. Nothing is changed there, except that processes of runs that have ended without a host are ended.
 *
 * @throws UserError as `readHosts` does
 */
export async function checkHosts(
  request: {
    hosts: string | undefined;
    sshConfig: string | undefined;
    python: string;
    cwd: string;
  },
  means: Means & { store: RunStore },
): Promise<HostsCheck> {
  const { sshConfig, python, cwd } = request;
  const hosts = await readHosts(request.hosts, { cwd, sshConfig });
  const target: LaunchTargetOf<"ssh"> = {
    kind: "ssh",
    hosts,
    ranks: { perHost: 1, starter: "direct" },
    ...(sshConfig === undefined ? {} : { sshConfig }),
  };
  const { SshHosts } = await import("../../launch/ssh/ssh-hosts.ts");
  const { checkSshHosts } = await import("../../launch/ssh/check-ssh-hosts.ts");
  const ssh = new SshHosts(target, launchMeans(means));
  try {
    const checkFile = join(packageRoot, "agent", "host_check.py");
    const checked = await checkSshHosts(ssh, {
      checkFile,
      ringFile: join(packageRoot, "agent", "ring_test.py"),
      python,
      isOver: isRunOver(means.store),
      nowMs: () => means.nowMs(),
    });
    const unreachable = checked.failed.map(({ host, error }): HostFinding => ({
      code: error.code,
      weight: "breaks",
      hosts: [host],
      message: error.message,
      hint: error.hint ?? "try `ssh` by hand",
    }));
    const { links, rings, untested, reaped } = checked;
    const findings = [...unreachable, ...judgeHosts(checked.hosts, links, rings)];
    const { hosts } = checked;
    return {
      hosts,
      links,
      rings,
      ...(untested === undefined ? {} : { untested }),
      reaped,
      findings,
    };
  } finally {
    await ssh.close();
  }
}
