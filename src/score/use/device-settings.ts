/** Variables that select the accelerators of a program. */
const deviceVariables = [
  "CUDA_VISIBLE_DEVICES",
  "ROCR_VISIBLE_DEVICES",
  "HIP_VISIBLE_DEVICES",
] as const;
export type DeviceVariable = (typeof deviceVariables)[number];

/** The values of each variable that are in effect: several, if a script starts several programs. */
export type DeviceSettings = ReadonlyMap<DeviceVariable, readonly string[]>;

/** Programs that start another one with the environment that they have. */
const wrappers = new Set(
  "nohup nice ionice time stdbuf timeout setsid numactl taskset exec command unbuffer".split(" "),
);
const shells = new Set(["sh", "bash", "dash", "zsh", "ksh"]);

/**
 * What a command and its environment set the variables to. A command sets them by `env NAME=value …`, or in the script of
 * a shell: `sh -c 'NAME=value …'`. A value that a script computes (`$N`) is unknown; the value from the environment is used instead.
 */
export function deviceSettings(
  env: Readonly<Record<string, string | undefined>>,
  command: readonly string[],
): DeviceSettings {
  const settings = new Map<DeviceVariable, readonly string[]>();
  for (const name of deviceVariables) {
    const value = env[name];
    if (value !== undefined) settings.set(name, [value]);
  }
  applyCommand(command, settings);
  return settings;
}

function applyCommand(
  command: readonly string[],
  settings: Map<DeviceVariable, readonly string[]>,
): void {
  const start = startOfProgram(command);
  const program = baseName(command[start] ?? "");
  const rest = command.slice(start + 1);
  if (program === "env") applyEnv(rest, settings);
  else if (shells.has(program)) applyScript(scriptOf(rest), settings);
}

/** Skips programs such as `nohup` and `nice -n 5`, up to the first `env` or shell. */
function startOfProgram(command: readonly string[]): number {
  if (!wrappers.has(baseName(command[0] ?? ""))) return 0;
  const found = command.findIndex((word) => baseName(word) === "env" || shells.has(baseName(word)));
  return Math.max(0, found);
}

function applyEnv(
  words: readonly string[],
  settings: Map<DeviceVariable, readonly string[]>,
): void {
  for (const [at, word] of words.entries()) {
    const takesValue = ["-u", "--unset", "-C", "--chdir"].includes(words[at - 1] ?? "");
    const isProgram = !takesValue && !word.startsWith("-") && !word.includes("=");
    if (isProgram) {
      applyCommand(words.slice(at), settings);
      return;
    }
    if (["-i", "-", "--ignore-environment"].includes(word)) settings.clear();
    for (const name of deviceVariables) {
      const isUnset = word === `--unset=${name}` || (takesValue && word === name);
      if (isUnset) settings.delete(name);
      if (word.startsWith(`${name}=`)) settings.set(name, [word.slice(name.length + 1)]);
    }
  }
}

/** The script of `sh -c script`; `-lc`, `-ec` and further flags may precede it. */
function scriptOf(words: readonly string[]): string {
  const flag = words.findIndex((word) => /^-[a-z]*c$/u.test(word));
  const isFirst = words.slice(0, Math.max(0, flag)).every((word) => /^[-+]/u.test(word));
  return flag === -1 || !isFirst ? "" : (words[flag + 1] ?? "");
}

function applyScript(script: string, settings: Map<DeviceVariable, readonly string[]>): void {
  for (const name of deviceVariables) {
    const pattern = new RegExp(
      String.raw`(?:^|[\s;&|(])${name}=(?:"([^"]*)"|'([^']*)'|([^\s;&|)]*))`,
      "gu",
    );
    const values = [...script.matchAll(pattern)].map(
      ([, double, single, bare]) => double ?? single ?? bare ?? "",
    );
    const isKnown = values.every((value) => !/[$\x60]/u.test(value));
    if (values.length > 0 && isKnown) settings.set(name, [...new Set(values)]);
  }
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
