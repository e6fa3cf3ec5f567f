import { describe, expect, test } from "vitest";
import { findAccelerator } from "../src/schema/find-accelerator.ts";
import { readAccelerators } from "../src/store/catalogue/catalogue.ts";

const accelerators = await readAccelerators();

function found(spelling: string): string {
  const answer = findAccelerator(spelling, accelerators);
  return answer.kind === "found" ? answer.value.name : "unknown";
}

const spellings: Readonly<Record<string, readonly string[]>> = {
  "h100-sxm": [
    "h100",
    "H100-SXM",
    "h100-sxm",
    "NVIDIA H100 SXM",
    "NVIDIA H100 80GB HBM3",
    "H100 SXM5 80GB",
    "H100SXM",
    "HGX H100",
    "nvidia/h100-80gb",
    "H100 Tensor Core GPU",
  ],
  "h100-sxm-96gb": ["H100 SXM 96GB", "h100-96gb"],
  "h100-nvl": ["H100 NVL", "NVIDIA H100 NVL 94GB", "h100-94gb"],
  "h100-pcie": ["H100 PCIe", "NVIDIA H100 PCIe 80GB", "h100pcie"],
  "h200-sxm": ["h200", "NVIDIA H200", "H200 SXM 141GB", "NVIDIA H200-141GB"],
  "h200-nvl": ["NVIDIA H200 NVL", "H200-NVL-141GB"],
  h20: ["H20", "NVIDIA H20 96GB"],
  gh200: ["GH200", "NVIDIA GH200 480GB", "GH200 Superchip 96 GB"],
  "b200-sxm": ["B200", "NVIDIA B200 192GB", "HGX B200", "B200-180GB"],
  "b300-sxm": ["B300", "NVIDIA B300 SXM6 AC", "B300 288GB"],
  "gb200-nvl72": ["GB200", "GB200 NVL72", "NVIDIA GB200", "gb200-192gb"],
  "gb300-nvl72": ["GB300", "NVIDIA GB300 NVL72", "GB300 288 GB"],
  "a100-sxm-80gb": ["A100", "NVIDIA A100-SXM4-80GB", "a100 sxm", "A100 80 GB", "A100-SXM-80GiB"],
  "a800-sxm-80gb": ["A800", "NVIDIA A800-SXM4-80GB", "A800 80GB"],
  "a100-sxm-40gb": ["NVIDIA A100-SXM4-40GB", "A100 40GB", "a100-sxm4-40gb"],
  "a100-pcie-40gb": ["A100-PCIE-40GB", "NVIDIA A100 PCIe 40GB"],
  "a100-pcie-80gb": ["NVIDIA A100 80GB PCIe", "a100 pcie 80gb"],
  "v100-sxm2-16gb": ["V100", "Tesla V100-SXM2-16GB", "NVIDIA V100 16GB"],
  "v100-sxm2-32gb": ["Tesla V100-SXM2-32GB", "V100 32GB"],
  l40s: ["L40S", "NVIDIA L40S-48GB", "nvidia l40s 48 gb", "L40S PCIe"],
  l4: ["L4", "NVIDIA L4 24GB"],
  t4: ["Tesla T4", "NVIDIA T4 16GB"],
  "rtx-4090": ["4090", "RTX 4090", "NVIDIA GeForce RTX 4090", "rtx4090", "RTX 4090 24GB"],
  "rtx-5090": ["GeForce RTX 5090", "5090 32gb"],
  "rtx-6000-ada": ["RTX 6000 Ada", "NVIDIA RTX 6000 Ada Generation", "RTX 6000 Ada 48GB"],
  "rtx-pro-6000-blackwell": ["RTX PRO 6000", "RTX PRO 6000 96GB"],
  "rtx-a6000": ["A6000", "NVIDIA RTX A6000 48GB"],
  mi300x: ["MI300X", "AMD Instinct MI300X", "MI300X OAM 192GB"],
  mi355x: ["AMD MI355X", "Instinct MI355X 288GB"],
  gaudi2: ["Gaudi 2", "Intel Gaudi2", "Habana Gaudi2 96GB"],
  gaudi3: ["Intel Gaudi 3", "gaudi3 128gb"],
  "tpu-v4": ["v4", "TPU v4", "Google TPU v4", "tpuv4"],
  "tpu-v5e": ["v5e", "TPU v5e", "v5 lite", "TPU v5 lite"],
  "tpu-v5p": ["v5p", "V5P", "TPU v5p", "tpu-v5p", "Google Cloud TPU v5p", "v5p 95GB"],
  "tpu-v6e-trillium": ["v6e", "Trillium", "TPU v6e", "Google Trillium 32GB"],
  "tpu-v7-ironwood": ["v7", "Ironwood", "TPU7x", "tpu v7x"],
  trainium2: ["Trainium 2", "AWS Trainium2", "trn2"],
  mi250: ["AMD Instinct MI250", "MI250"],
  "ascend-910b": ["Huawei Ascend 910B", "ascend 910b 64gb"],
};

describe("findAccelerator", () => {
  for (const [name, all] of Object.entries(spellings)) {
    test.each(all)(`${name} is found as %s`, (spelling) => {
      expect(found(spelling)).toBe(name);
    });
  }

  test("finds every accelerator by its name in capitals and with its vendor", () => {
    for (const { name, vendor } of accelerators) {
      expect(found(name.toUpperCase())).toBe(name);
      expect(found(`${vendor} ${name}`)).toBe(name);
    }
  });

  test("finds every accelerator with at least 8 GB by its name and memory", () => {
    for (const { name, memoryBytes } of accelerators.filter((one) => one.memoryBytes >= 8e9)) {
      const gigabytes = Math.round(memoryBytes / 1e9);
      const withMemory = name.endsWith("gb") ? name : `${name} ${gigabytes}GB`;
      expect(found(withMemory)).toBe(name);
    }
  });

  test.each([
    "L40S-24GB",
    "H100 48GB",
    "RTX 3090 Ti",
    "GB200 NVL36",
    "A100 PCIe",
    "TPU",
    "x9000",
    "",
  ])("does not take %s for another one", (spelling) => {
    expect(found(spelling)).toBe("unknown");
  });
});
