import { basename, extname } from "node:path";

const scriptName = /\.(?:py|pyw|js|mjs|cjs|ts|mts|sh|bash|jl|rb|R|lua|pl|ipynb)$/u;
/** Programs whose `-m <module>` starts a Python module. */
const moduleStarters = /^(?:python[\d.]*|pypy[\d.]*|torchrun|accelerate|deepspeed|uv|coverage)$/u;
const shells = /^(?:ba|da|z|k)?sh$/u;
/** Python modules that start another module or script, given after them. */
const startingModules = new Set([
  "accelerate.commands.launch",
  "cProfile",
  "coverage",
  "debugpy",
  "deepspeed.launcher.runner",
  "kernprof",
  "pdb",
  "scalene",
  "torch.distributed.launch",
  "torch.distributed.run",
  "trace",
]);

/**
 * The name of a command in lists: its script or Python module, or else its program.
 *
 * `python -m pkg.train` and `torchrun --nproc-per-node 2 train.py` are `train`; `./bin/gpt --layers 12` is `gpt`.
 */
export function commandName(command: readonly string[]): string {
  return nameInside(command) ?? (stemOf(programOf(command)) || "run");
}

/** The script or module that a command starts. Undefined if none of its words is one. */
function nameInside(command: readonly string[]): string | undefined {
  let startsModules = false;
  for (const [index, word] of command.entries()) {
    const next = command[index + 1] ?? "";
    const program = basename(word);
    if (moduleStarters.test(program)) startsModules = true;
    else if (word === "-m" && startsModules) {
      if (!startingModules.has(next)) return moduleName(next);
    } else if (/^-[a-z]*c$/u.test(word) && isShellBefore(command, index)) {
      return nameOfScript(next);
    } else if (scriptName.test(word) && !word.startsWith("-")) return stemOf(word);
  }
  return undefined;
}

/** `pkg.train` → `train`, `pkg.train.__main__` → `train`. */
function moduleName(module: string): string | undefined {
  return module.split(".").findLast((part) => part !== "" && part !== "__main__");
}

function isShellBefore(command: readonly string[], index: number): boolean {
  return shells.test(basename(command[index - 1] ?? ""));
}

/** `sh -c 'cd x && python train.py'`: words are separated by spaces and by the signs of the shell. */
function nameOfScript(script: string): string | undefined {
  return nameInside(script.split(/[\s;&|()"'`]+/u).filter((word) => word !== ""));
}

/** The first word that is not `env` or a variable of it. */
function programOf(command: readonly string[]): string {
  if (basename(command[0] ?? "") !== "env") return command[0] ?? "";
  const program = command.slice(1).find((word) => !word.startsWith("-") && !word.includes("="));
  return program ?? "env";
}

function stemOf(path: string): string {
  return basename(path, extname(path));
}
