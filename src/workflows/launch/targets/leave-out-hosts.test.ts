import { describe, expect, test } from "vitest";
import type { HostExclusion } from "../../../schema/run/hosts/host-exclusion.ts";
import type { LaunchTarget } from "../../../schema/run/hosts/launch-target.ts";
import { leaveOutHosts } from "./leave-out-hosts.ts";

const host = (name: string) => ({ name, destination: name });
const ranks = { perHost: 1, starter: "direct" } as const;
const ssh: LaunchTarget = { kind: "ssh", hosts: [host("a"), host("b")], ranks };
const slurm: LaunchTarget = { kind: "slurm", nodes: 2, ranks };
const of = (name: string, scope: HostExclusion["scope"] = "ssh"): HostExclusion => ({
  host: name,
  scope,
  reason: "lost twice",
  by: "recovery",
  excludedMs: 1,
});

describe("leaveOutHosts", () => {
  test.each([
    {
      name: "uses a spare in place of an excluded host",
      plan: { launchTarget: ssh, recovery: { maxRestarts: 1, spares: [host("c"), host("d")] } },
      excluded: [of("b")],
      expected: {
        launchTarget: { hosts: [host("a"), host("c")] },
        recovery: { spares: [host("d")] },
      },
    },
    {
      name: "starts with fewer hosts if that is allowed",
      plan: { launchTarget: ssh, recovery: { maxRestarts: 1, minNodes: 1 } },
      excluded: [of("a")],
      expected: { launchTarget: { hosts: [host("b")] }, recovery: { minNodes: 1 } },
    },
    {
      name: "leaves a plan without excluded hosts as it is",
      plan: { launchTarget: ssh },
      excluded: [of("z"), of("a", "slurm")],
      expected: { launchTarget: ssh, warnings: [] },
    },
    {
      name: "adds to the nodes that the user excludes from a Slurm job",
      plan: { launchTarget: { ...slurm, sbatch: ["--mem=1G", "--exclude=n1"] } },
      excluded: [of("n2", "slurm"), of("a")],
      expected: { launchTarget: { sbatch: ["--mem=1G", "--exclude=n1,n2"] } },
    },
  ])("$name", ({ plan, excluded, expected }) => {
    expect(leaveOutHosts(plan, excluded)).toMatchObject(expected);
  });

  test("refuses to start with fewer hosts than requested", () => {
    expect(() => leaveOutHosts({ launchTarget: ssh }, [of("a")])).toThrow(
      "`a` is excluded: lost twice",
    );
  });
});
