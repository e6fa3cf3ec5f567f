import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemDescription } from "../schema/system-description.ts";
import type { AcceleratorUse, PresentGpu } from "../schema/accelerator-use.ts";
import { describeSystem } from "./describe-system.ts";
import { gitCommit } from "./git-commit.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "system-"));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

function lay(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

function script(name: string, text: string): string {
  const path = join(root, name);
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

function thread(id: number, socket: number): string {
  return `processor\t: ${id}\nphysical id\t: ${socket}\ncpu cores\t: 2\n`;
}

function git(...args: string[]): string {
  return execFileSync("git", ["-C", root, "-c", "user.name=a", "-c", "user.email=a@b", ...args], {
    encoding: "utf8",
  });
}

describe("describeSystem", () => {
  test("describes this machine for real, in the schema's terms", async () => {
    const system = await describeSystem({ framework: "PyTorch 2.9" });
    expect(systemDescription.safeParse(system).success).toBe(true);
    expect(system).toMatchObject({ number_of_nodes: 1, framework: "PyTorch 2.9" });
    expect(system.operating_system).not.toBe("");
    expect(system.host_memory_capacity).toMatch(/^\d[\d.]* [GT]B$/);
    expect(Object.values(system)).not.toContain(undefined);
  });

  test("hands on which GPU holds which MIG device", async () => {
    const nvidiaSmi = script(
      "nvidia-smi",
      `if [ "$1" = -L ]; then
         echo "GPU 0: NVIDIA A100 (UUID: GPU-aa)"
         echo "  MIG 3g.20gb Device 0: (UUID: MIG-1a)"
         echo "  MIG 3g.20gb Device 1: (UUID: MIG-1b)"
         echo "GPU 1: NVIDIA A100 (UUID: GPU-bb)"
       else
         echo "0, GPU-aa, NVIDIA A100, 40960 MiB, 570.133.20"
         echo "1, GPU-bb, NVIDIA A100, 40960 MiB, 570.133.20"
       fi`,
    );
    let seen: readonly PresentGpu[] = [];
    const useOf = (present: readonly PresentGpu[]): AcceleratorUse => {
      seen = present;
      return { count: 1, uuids: ["GPU-aa"], selectedBy: "CUDA_VISIBLE_DEVICES=MIG-1b" };
    };
    await describeSystem({ nvidiaSmi, useOf });
    expect(seen).toMatchObject([
      { index: 0, uuid: "GPU-aa", migUuids: ["MIG-1a", "MIG-1b"] },
      { index: 1, uuid: "GPU-bb", migUuids: [] },
    ]);
  });

  test("reads two processors, caches, disks, networks and GPUs off a fixture tree", async () => {
    lay({
      "proc/cpuinfo": [
        thread(0, 0),
        thread(1, 0),
        thread(2, 0),
        thread(3, 0),
        thread(4, 1),
        thread(5, 1),
        thread(6, 1),
        thread(7, 1),
      ].join("\n"),
      "sys/devices/system/cpu/cpu0/cache/index0/level": "1\n",
      "sys/devices/system/cpu/cpu0/cache/index0/type": "Data\n",
      "sys/devices/system/cpu/cpu0/cache/index0/size": "48K\n",
      "sys/devices/system/cpu/cpu0/cache/index3/level": "3\n",
      "sys/devices/system/cpu/cpu0/cache/index3/type": "Unified\n",
      "sys/devices/system/cpu/cpu0/cache/index3/size": "107520K\n",
      "sys/block/nvme0n1/size": "1\n",
      "sys/block/loop0/size": "1\n",
      "sys/class/net/lo/operstate": "unknown\n",
      "sys/class/net/ib0/speed": "400000\n",
      "sys/class/net/ib0/operstate": "up\n",
      "sys/class/net/ib1/speed": "400000\n",
      "sys/class/net/ib1/operstate": "up\n",
      "sys/class/net/eth0/speed": "-1\n",
      "sys/class/net/eth0/operstate": "up\n",
      "etc/os-release": 'NAME="Ubuntu"\nPRETTY_NAME="Ubuntu 24.04.2 LTS"\n',
    });
    // A script in the shape of nvidia-smi: no GPU is needed.
    const nvidiaSmi = script(
      "nvidia-smi",
      `echo "0, GPU-aa, NVIDIA H100 80GB HBM3, 81559 MiB, 570.133.20"
       echo "1, GPU-bb, NVIDIA H100 80GB HBM3, 81559 MiB, 570.133.20"
       echo "2, GPU-cc, NVIDIA H100 80GB HBM3, 81559 MiB, 570.133.20"`,
    );
    const roots = { proc: join(root, "proc"), sys: join(root, "sys"), etc: join(root, "etc") };
    const useOf = (present: readonly PresentGpu[]): AcceleratorUse => ({
      count: 2,
      uuids: present.filter(({ index }) => index !== 1).map(({ uuid }) => uuid),
      selectedBy: "CUDA_VISIBLE_DEVICES=0,2",
    });
    expect(await describeSystem({ roots, nvidiaSmi, useOf })).toMatchObject({
      host_processors_per_node: 2,
      host_processor_core_count: 2,
      host_processor_vcpu_count: 4,
      host_processor_caches: "L1d 48K, L3 107520K",
      host_storage_type: "NVMe SSD",
      host_networking: "2 x 400 Gb/s",
      accelerators_per_node: 2,
      accelerators_present_per_node: 3,
      accelerators_selected_by: "CUDA_VISIBLE_DEVICES=0,2",
      accelerator_uuids: ["GPU-aa", "GPU-cc"],
      accelerator_model_name: "NVIDIA H100 80GB HBM3",
      accelerator_memory_capacity: "81559 MiB",
      other_software_stack: { "nvidia driver": "570.133.20" },
      operating_system: "Ubuntu 24.04.2 LTS",
    });
  });

  test("leaves out what cannot be read", async () => {
    const roots = { proc: root, sys: root, etc: root };
    const nvidiaSmi = script("nvidia-smi", "echo no driver; exit 9");
    const system = await describeSystem({ roots, nvidiaSmi, folder: join(root, "nowhere") });
    for (const field of [
      "host_processors_per_node",
      "host_processor_caches",
      "host_storage_type",
      "host_storage_capacity",
      "host_networking",
      "accelerator_model_name",
      "framework",
    ]) {
      expect(system).not.toHaveProperty(field);
    }
    expect(system.accelerators_per_node).toBe(0);
  });
});

describe("gitCommit", () => {
  test("says commit and whether anything differs from it, new files included", async () => {
    git("init", "--quiet");
    lay({ "train.py": "1" });
    git("add", "train.py");
    git("commit", "--quiet", "-m", "first");
    const commit = git("rev-parse", "HEAD").trim();
    expect(await gitCommit(root)).toEqual({ kind: "commit", commit, isDirty: false });
    lay({ "new.py": "2" });
    expect(await gitCommit(root)).toEqual({ kind: "commit", commit, isDirty: true });
  });

  test("is absent with the reason outside a checkout, before a first commit and without git", async () => {
    const outside = { kind: "absent", reason: expect.stringMatching("not in a git checkout") };
    expect(await gitCommit(root)).toEqual(outside);
    git("init", "--quiet");
    const unborn = { kind: "absent", reason: "the checkout has no commit" };
    expect(await gitCommit(root)).toEqual(unborn);
    const missing = await gitCommit(root, { program: "no-such-git" });
    expect(missing).toMatchObject({ kind: "absent", reason: expect.stringContaining("ENOENT") });
  });

  test("starts git once, and outside a checkout not at all", async () => {
    const calls = join(root, "calls");
    const program = script("counted-git", `echo call >> ${calls}; exec git "$@"`);
    await gitCommit(root, { program });
    expect(existsSync(calls)).toBe(false);
    git("init", "--quiet");
    git("commit", "--quiet", "--allow-empty", "-m", "first");
    expect(await gitCommit(root, { program })).toMatchObject({ kind: "commit" });
    expect(readFileSync(calls, "utf8")).toBe("call\n");
  });

  test("does not wait for a git that hangs", async () => {
    git("init", "--quiet");
    const program = script("slow-git", "exec sleep 300");
    expect(await gitCommit(root, { program, timeoutMs: 100 })).toEqual({
      kind: "absent",
      reason: `\`${program}\` took longer than 100 ms`,
    });
  });
});
