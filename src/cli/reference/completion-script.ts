import type { Command, OptionDeclaration } from "../command-table.ts";
import { kebab, sharedOptions } from "../parse-arguments.ts";

export const shells = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof shells)[number];

/** A script that completes command names, flags and the values of flags with fixed choices. */
export function completionScript(shell: Shell, commands: readonly Command[]): string {
  switch (shell) {
    case "bash":
      return bashScript(commands);
    case "zsh":
      return zshScript(commands);
    case "fish":
      return fishScript(commands);
  }
}

interface Flag {
  name: string;
  choices: readonly string[];
  takesValue: boolean;
  help: string;
}

function flagsOf(command: Command): Flag[] {
  const all: [string, OptionDeclaration][] = Object.entries({
    ...command.options,
    ...sharedOptions,
  });
  return all.map(([name, declaration]) => ({
    name: `--${kebab(name)}`,
    choices: declaration.takes === "choice" ? declaration.choices : [],
    takesValue: declaration.takes !== "nothing",
    help: declaration.help,
  }));
}

/** `results import` and `export site`: commands of two words. */
function isNested({ name }: Command): boolean {
  return name.includes(" ");
}

function topNames(commands: readonly Command[]): string {
  return commands
    .filter((command) => !isNested(command))
    .map(({ name }) => name)
    .join(" ");
}

/** Completions after a command: its flags, and the second word of two-word commands. */
function followers(command: Command, commands: readonly Command[]): string {
  const nested = commands
    .filter(({ name }) => name.startsWith(`${command.name} `))
    .map(({ name }) => name.slice(command.name.length + 1));
  return [...nested, ...flagsOf(command).map(({ name }) => name)].join(" ");
}

function choiceCases(commands: readonly Command[], line: (words: string) => string): string[] {
  return commands.flatMap((command) =>
    flagsOf(command)
      .filter(({ choices }) => choices.length > 0)
      .map((flag) => `    "${command.name} ${flag.name}") ${line(flag.choices.join(" "))} ;;`),
  );
}

function flagCases(commands: readonly Command[], line: (words: string) => string): string[] {
  return commands.map(
    (command) => `    "${command.name}") ${line(followers(command, commands))} ;;`,
  );
}

function nestedPattern(commands: readonly Command[]): string {
  return commands
    .filter(isNested)
    .map(({ name }) => `"${name}"`)
    .join("|");
}

function bashCandidates(words: string): string {
  return `candidates="${words}"`;
}

function bashScript(commands: readonly Command[]): string {
  return [
    '# bash completion for pitwall; add to ~/.bashrc: eval "$(pitwall completion bash)"',
    "_pitwall() {",
    "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}",
    "  local command=${COMP_WORDS[1]} candidates='' word",
    "  COMPREPLY=()",
    '  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do [[ $word == -- ]] && return; done',
    '  if ((COMP_CWORD > 2)); then case "$command ${COMP_WORDS[2]}" in',
    `    ${nestedPattern(commands)}) command="$command \${COMP_WORDS[2]}" ;;`,
    "  esac; fi",
    `  if ((COMP_CWORD == 1)); then candidates="${topNames(commands)}"`,
    '  else case "$command $previous" in',
    ...choiceCases(commands, bashCandidates),
    '    *) case "$command" in',
    ...flagCases(commands, bashCandidates),
    "    esac ;;",
    "  esac; fi",
    '  COMPREPLY=($(compgen -W "$candidates" -- "$current"))',
    "}",
    "complete -o default -F _pitwall pitwall",
    "",
  ].join("\n");
}

function zshCandidates(words: string): string {
  return `compadd -- ${words}`;
}

function zshScript(commands: readonly Command[]): string {
  const described = commands
    .filter((command) => !isNested(command))
    .map(
      ({ name, summary }) => `    ${quoted(`${name}:${summary.replaceAll(":", String.raw`\:`)}`)}`,
    );
  return [
    "#compdef pitwall",
    "# zsh completion for pitwall; add to ~/.zshrc: source <(pitwall completion zsh)",
    "_pitwall() {",
    "  local command=$words[2]",
    "  local -a commands=(",
    ...described,
    "  )",
    "  if ((CURRENT == 2)); then _describe command commands; return; fi",
    "  if (($words[(I)--] && $words[(I)--] < CURRENT)); then _files; return; fi",
    '  if ((CURRENT > 3)); then case "$command $words[3]" in',
    `    ${nestedPattern(commands)}) command="$command $words[3]" ;;`,
    "  esac; fi",
    '  case "$command $words[CURRENT-1]" in',
    ...choiceCases(commands, zshCandidates),
    '    *) case "$command" in',
    ...flagCases(commands, zshCandidates),
    "    esac; _files ;;",
    "  esac",
    "}",
    "compdef _pitwall pitwall",
    "",
  ].join("\n");
}

function fishScript(commands: readonly Command[]): string {
  const lines = commands.flatMap((command) => {
    const [first = "", second] = command.name.split(" ");
    const isFirst = `__fish_use_subcommand`;
    const name =
      second === undefined
        ? `complete -c pitwall -n ${isFirst} -a ${first} -d ${quoted(command.summary)}`
        : `complete -c pitwall -n '__fish_seen_subcommand_from ${first}' -a ${second} -d ${quoted(command.summary)}`;
    const seen = `'__fish_seen_subcommand_from ${second ?? first}'`;
    return [name].concat(
      flagsOf(command).map((flag) => {
        const values = flag.choices.length === 0 ? "" : ` -f -a ${quoted(flag.choices.join(" "))}`;
        return `complete -c pitwall -n ${seen} -l ${flag.name.slice(2)}${flag.takesValue ? " -r" : ""}${values} -d ${quoted(flag.help)}`;
      }),
    );
  });
  return [
    "# fish completion for pitwall; save as ~/.config/fish/completions/pitwall.fish",
    ...lines,
    "",
  ].join("\n");
}

/** Quotes text with single quotes in a form that all three shells accept. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "’")}'`;
}
