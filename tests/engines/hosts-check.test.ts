import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { documentOf } from "../../src/cli/reference/json-documents.ts";
import { type SshLab, sshLabObstacle, startSshLab } from "../lab/ssh-hosts.ts";
import { pitwall } from "../support/pitwall.ts";
import { missingTorch } from "../torch/torch-programs.ts";

const obstacle = sshLabObstacle() ?? (missingTorch === "" ? undefined : missingTorch);
if (obstacle !== undefined)
  console.warn(`skipped: torch on ssh hosts of this machine (${obstacle})`);

const python = process.env["PITWALL_TORCH_PYTHON"] ?? "python3";

describe.skipIf(obstacle !== undefined)("hosts with torch that are checked", () => {
  let lab: SshLab;
  beforeAll(() => {
    lab = startSshLab(4);
  }, 60_000);
  afterAll(() => lab.down());

  function check(hosts: string, more: readonly string[] = []) {
    return pitwall(["hosts", "check", "--hosts", hosts, "--ssh-config", lab.config, ...more]);
  }

  test("form process groups in pairs and together, and the slow pairs are named", async () => {
    const all = lab.hosts.join(",");
    const canSlowDown = lab.slowDown("host4", "20mbit");
    const ran = await check(all, ["--python", python, "--json"]);
    expect([0, 1], ran.stderr).toContain(ran.exitCode);
    const document = JSON.parse(ran.stdout);
    expect(documentOf("hosts check")?.safeParse(document).error?.issues ?? []).toEqual([]);
    const { rings, findings } = document.result;
    expect(rings.map(({ hosts }: { hosts: string[] }) => hosts.join(" ")).toSorted()).toEqual([
      "host1 host2",
      "host1 host2 host3 host4",
      "host1 host3",
      "host1 host4",
      "host2 host3",
      "host2 host4",
      "host3 host4",
    ]);
    for (const ring of rings) {
      expect(ring).toMatchObject({ backend: "gloo" });
      expect(ring.bytesPerSecond).toBeGreaterThan(0);
      expect(ring.roundTripMs).toBeGreaterThan(0);
    }
    const slow = findings
      .filter(({ code }: { code: string }) => code === "pair-slow")
      .map(({ hosts }: { hosts: string[] }) => hosts.join(" "));
    const ofHost4 = ["host1 host4", "host2 host4", "host3 host4"];
    // On a busy machine another pair may be slow too.
    expect(slow).toEqual(expect.arrayContaining(canSlowDown ? ofHost4 : []));
    for (const host of lab.hosts)
      await expect.poll(() => lab.processes(host), { timeout: 30_000 }).toEqual([]);
  }, 240_000);

  test("are checked without process groups where torch is missing, which is stated", async () => {
    const ran = await check("host1,host2", ["--python", "/usr/bin/python3"]);
    expect(ran.stdout).toMatch(
      /torch\.distributed was not tested: No module named 'torch'|all-reduce/u,
    );
    const lines = ran.stdout.split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
  }, 120_000);
});
