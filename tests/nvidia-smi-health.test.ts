import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { hostCheckFacts } from "../src/schema/run/hosts/host-check.ts";
import { judgeHosts } from "../src/score/hosts/judge-hosts.ts";
import { temporaryFolder } from "./support/pitwall.ts";

/** What nvidia-smi prints for the query of `agent/host_check.py`, one GPU per line, and the kernel's log. */
const samples: { name: string; smi: string; exitCode?: number; dmesg?: string; codes: string[] }[] =
  [
    {
      name: "eight healthy GPUs",
      smi: Array.from(
        { length: 8 },
        (_, index) =>
          `${index}, NVIDIA H100 80GB HBM3, 535.129.03, 81559, 4, 0, Not Active, Not Active, 34`,
      ).join("\n"),
      codes: [],
    },
    {
      name: "GPUs without ECC and sensors",
      smi: "0, NVIDIA GeForce RTX 3080, 525.60.13, 10240, 512, [N/A], Not Active, Not Active, 51",
      codes: [],
    },
    {
      name: "a driver that supports no reasons of throttling",
      smi: "0, NVIDIA GB10, 580.95.05, [N/A], [N/A], [N/A], [Not Supported], [Not Supported], 40",
      codes: [],
    },
    {
      name: "a GPU with uncorrected memory errors",
      smi: "0, NVIDIA A100-SXM4-80GB, 470.82.01, 81251, 3, 0, Not Active, Not Active, 30\n1, NVIDIA A100-SXM4-80GB, 470.82.01, 81251, 3, 12, Not Active, Not Active, 31",
      codes: ["gpu-ecc"],
    },
    {
      name: "a GPU that its hardware slows down",
      smi: "0, NVIDIA H100 PCIe, 550.54.15, 81559, 900, 0, Active, Active, 92",
      codes: ["gpu-throttled"],
    },
    {
      name: "a GPU that has fallen off the bus",
      smi: "Unable to determine the device handle for GPU 0000:23:00.0: GPU is lost.  Reboot the system to recover this GPU",
      exitCode: 15,
      dmesg:
        "[ 1240.5] NVRM: Xid (PCI:0000:23:00): 79, pid=1122, GPU has fallen off the bus.\n[ 1241.0] eth0: link up",
      codes: ["nvidia-smi-fails", "gpu-xid"],
    },
    {
      name: "a driver that does not answer",
      smi: "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running.",
      exitCode: 9,
      codes: ["nvidia-smi-fails"],
    },
  ];

test.each(samples)("hosts check reads $name", ({ smi, exitCode = 0, dmesg = "", codes }) => {
  const folder = temporaryFolder();
  const bin = join(folder, "bin");
  mkdirSync(bin);
  for (const [program, text, code] of [
    ["nvidia-smi", smi, exitCode],
    ["dmesg", dmesg, 0],
  ] as const) {
    writeFileSync(join(folder, program), `${text}\n`);
    const script = `#!/bin/sh\ncat '${join(folder, program)}'\nexit ${code}\n`;
    writeFileSync(join(bin, program), script, { mode: 0o755 });
  }
  const words = [resolve("agent/host_check.py"), "facts", "", folder];
  const path = `${bin}:${process.env["PATH"] ?? ""}`;
  const printed = execFileSync("python3", words, { env: { PATH: path }, encoding: "utf8" });
  const facts = hostCheckFacts.parse(JSON.parse(printed));
  const ofGpus = judgeHosts([{ host: "a", facts, home: "/", homeId: "a" }], []).filter(({ code }) =>
    /^(?:gpu-|nvidia)/u.test(code),
  );
  expect(ofGpus.map(({ code }) => code).toSorted()).toEqual(codes.toSorted());
});
