import { join } from "node:path";
import { UserError } from "../../../foundation/errors/user-error.ts";
import { readPythonPackages } from "../../../probe/read-python-packages.ts";
import type { MetricTarget } from "../../../schema/run/outcome/metric-target.ts";
import { packageRoot } from "../../../store/catalogue/package-root.ts";

/** A workload of `workloads/torch/`. */
interface TorchWorkload {
  runtime: "torch";
  name: string;
  area: string;
  title: string;
  /** Of the generated data. */
  target: MetricTarget;
  /** Its workload file, absolute. */
  path: string;
}

export const torchWorkloads: readonly TorchWorkload[] = [
  {
    runtime: "torch",
    name: "image",
    area: "vision",
    title: "images by a residual network, the recipe of ImageNet in 18 minutes",
    target: { metric: "accuracy", direction: "at-least", value: 0.95 },
    path: join(packageRoot, "workloads", "torch", "image.yaml"),
  },
  {
    runtime: "torch",
    name: "gpt",
    area: "language",
    title: "text by a small GPT, in the style of the NanoGPT speedrun",
    target: { metric: "val_loss", direction: "at-most", value: 0.4 },
    path: join(packageRoot, "workloads", "torch", "gpt.yaml"),
  },
];

export function torchWorkload(name: string): TorchWorkload | undefined {
  return torchWorkloads.find((workload) => workload.name === name);
}

/** The Python of the workload files. */
const python = "python3";
const minimumTorch = [2, 4] as const;

/**
 * Checks that a workload can start on this machine, so that the error is not a Python traceback in a record.
 *
 * @throws UserError `python-missing`, `torch-missing`, `torch-too-old`
 */
export async function requireTorch(
  workload: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const found = await readPythonPackages(python, ["torch", "numpy"], env);
  if (found.kind === "no-python") {
    throw new UserError("python-missing", `\`${workload}\` requires Python and PyTorch`, {
      saw: `\`${python}\` ${found.reason}`,
      hint: "install Python 3.10 or newer, then `pip install torch numpy`",
    });
  }
  const { executable, versions } = found;
  const missing = [...versions].filter(([, version]) => version === undefined);
  if (missing.length > 0) {
    const names = missing.map(([name]) => name).join(" ");
    throw new UserError("torch-missing", `\`${workload}\` requires PyTorch and NumPy`, {
      saw: `${executable} has no ${names}`,
      hint: `\`pip install ${names}\`, or activate the environment that has them: \`pitwall run\` uses the first \`${python}\` on PATH`,
    });
  }
  const version = versions.get("torch") ?? "";
  if (isOlder(version)) {
    throw new UserError("torch-too-old", `\`${workload}\` requires PyTorch 2.4 or newer`, {
      saw: `${executable} has PyTorch ${version}`,
      hint: "`pip install --upgrade torch`",
    });
  }
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major < minimumTorch[0] || (major === minimumTorch[0] && minor < minimumTorch[1]);
}
