/** Options that name the checkpoint that a training goes on from. */
const resumeOption =
  /^--?(?:auto[-_]?resume|resume(?:[-_]?(?:from|path|run|training|ckpt|checkpoint))*|continue[-_](?:from|training)(?:[-_](?:ckpt|checkpoint))?|restore(?:[-_](?:from|ckpt|checkpoint))*|load[-_](?:ckpt|checkpoint))$/iu;
/** Options that may also name a file to write, or other data to load. */
const checkpointOption = /^--?(?:ckpt|checkpoint|load)(?:[-_](?:path|file|from))?$/iu;
const checkpointValue =
  /\.(?:pt|pth|ckpt|bin|safetensors|tar|npz|h5|pkl|orbax)$|(?:checkpoint|ckpt|epoch|step|iter|last|latest|best)/iu;
/** nanoGPT and configuration files with settings such as `init_from=resume`. */
const resumeSetting = /^(?:--)?init_from=resume$/u;
const denied = /^(?:|0|no|none|null|false|off|never|scratch|""|'')$/iu;

/** The option of a command that makes its program continue a training, as written; undefined if it has none. */
export function resumeFlag(command: readonly string[]): string | undefined {
  const words = command.flatMap((word) => word.trim().split(/\s+/u));
  const index = words.findIndex((word, at) => isResume(word, words[at + 1]));
  if (index === -1) return undefined;
  const [word = "", next] = words.slice(index, index + 2);
  return word.includes("=") || isOption(next) ? word : `${word} ${next ?? ""}`;
}

function isResume(word: string, next: string | undefined): boolean {
  if (resumeSetting.test(word)) return true;
  const [, option = word, written] = /^([^=]*)=(.*)$/u.exec(word) ?? [];
  const value = written ?? (isOption(next) ? "true" : (next ?? ""));
  if (denied.test(value)) return false;
  return (
    resumeOption.test(option) || (checkpointOption.test(option) && checkpointValue.test(value))
  );
}

/** Whether a word is not the value of the option before it. */
function isOption(word: string | undefined): boolean {
  return word === undefined || word.startsWith("-");
}
