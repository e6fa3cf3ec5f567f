import { describe, expect, test } from "vitest";
import { readAccelerators } from "../../store/catalogue/catalogue.ts";
import { nameAccelerator } from "./name-accelerator.ts";

const accelerators = await readAccelerators();

describe("nameAccelerator", () => {
  test.each([
    ["NVIDIA A100-SXM4-80GB (400W)", "a100-sxm-80gb", "A100"],
    ["NVIDIA A100-PCIe-40GB(250W)", "a100-pcie-40gb", "A100"],
    ["NVIDIA A100 - PCIe - 80 GB", "a100-pcie-80gb", "A100"],
    ["NVIDIA A100-SXM-64GB", "a100-sxm-64gb", "A100"],
    ["Tesla V100-SXM3-H-32GB", "v100-sxm2-32gb", "V100"],
    ["Nvidia Tesla V100S-PCIe-32GB", "v100s-pcie-32gb", "V100"],
    ["Tesla P100-PCIE-16GB", "p100-pcie-16gb", "P100"],
    ["H100 NVL Tensor Core GPU (PCIe)", "h100-nvl", "H100"],
    ["NVIDIA H100-SXM5-96GB", "h100-sxm-96gb", "H100"],
    ["NVIDIA H200-NVL-141GB", "h200-nvl", "H200"],
    ["NVIDIA GH200 480GB", "gh200", "GH200"],
    ["NVIDIA Blackwell GPU (B200-SXM-180GB)", "b200-sxm", "B200"],
    ["NVIDIA Blackwell GPU (GB200)", "gb200-nvl72", "GB200"],
    ["NVIDIA Blackwell Ultra GPU (GB300)", "gb300-nvl72", "GB300"],
    ["AMD Instinct MI325X 256GB HBM3E DLC", "mi325x", "MI325X"],
    ["AMD Instinct MI355X 288GB HBM3e", "mi355x", "MI355X"],
    ["Habana HL-225H Gaudi 2", "gaudi2", "Gaudi 2"],
    ["Intel(R) Gaudi(R) 2 AI Accelerator", "gaudi2", "Gaudi 2"],
    ["Intel® Gaudi® 3 AI Accelerator", "gaudi3", "Gaudi 3"],
    ["NVIDIA(TM) H100-SXM5-80GB", "h100-sxm", "H100"],
    ["NVIDIA RTX Pro 6000 SE PCIe 96GB", "rtx-pro-6000-blackwell", "RTX PRO 6000"],
    ["NVIDIA RTX PRO 6000 Blackwell Server Edition", "rtx-pro-6000-blackwell", "RTX PRO 6000"],
    ["Graphcore Bow IPU", "graphcore-bow", "Graphcore Bow"],
    ["Ascend 910 Premium A", "ascend-910", "Ascend 910"],
    ["tpuv3-512", "tpu-v3", "TPU v3"],
    ["TPU-v5p", "tpu-v5p", "TPU v5p"],
    ["TPU-trillium", "tpu-v6e-trillium", "TPU v6e"],
    ["NVIDIA RTX A5000", "rtx-a5000", "RTX A5000"],
    ["NVIDIA L40S", "l40s", "L40S"],
  ])("reads %s", (published, name, family) => {
    expect(nameAccelerator(published, "", accelerators)).toEqual({ name, family });
  });

  test.each([
    undefined,
    "",
    "N/A",
    "NA",
    "None",
    "-",
    "Intel(R) Xeon(R) Platinum 8380",
    "FUJITSU Processor A64FX",
  ])("treats %s as a system without accelerators", (published) => {
    expect(nameAccelerator(published, "", accelerators)).toBeUndefined();
  });

  test("uses the system's name if the description is only TPU", () => {
    expect(nameAccelerator("TPU", "tpu-v4-512-TF", accelerators)?.name).toBe("tpu-v4");
    expect(nameAccelerator("TPU", "a pod", accelerators)?.name).toBeTruthy();
  });

  test("derives name and family of an unlisted model from the text", () => {
    expect(nameAccelerator("NVIDIA R100-SXM-288GB", "", accelerators)).toEqual({
      name: "r100-sxm-288gb",
      family: "R100",
    });
    expect(nameAccelerator("AMD Instinct MI450X", "", accelerators)).toEqual({
      name: "mi450x",
      family: "MI450X",
    });
  });
});
