import { nearestWord } from "../foundation/nearest-word.ts";
import { UserError, WorldError } from "../foundation/user-error.ts";
import { describeError, type ErrorParts } from "../report/describe-error.ts";
import { exitCodes, type Command, type ExitCode, type Face } from "./command-table.ts";
import { commandNames, loadCommand, loadCommands } from "./commands.ts";
import { parseArguments } from "./parse-arguments.ts";

/**
 * Pitwall as a program: words in, answer and exit code out. Errors that the user can do something
 * about are told here; any other is ours and goes up to `bin.ts`.
 */
export async function main(words: readonly string[], face: Face): Promise<ExitCode> {
  const [first, ...rest] = words;
  try {
    if (first === undefined || first === "--help" || first === "-h")
      return await tellHelp(face, undefined);
    if (first === "--version" || first === "-V") return tell(face, face.version);
    if (first === "help") return await tellHelp(face, nameIn(rest));
    const name = nameIn(words);
    const command = await findCommand(name ?? first);
    return await runCommand(command, words.slice(command.name.split(" ").length), face);
  } catch (error) {
    const command = nameIn(words) ?? "";
    return failedBy(error, { wantsJson: isJsonAsked(words), command, face });
  }
}

/** The command that words begin with: two of them where those two name one, `results import`. */
function nameIn([first, second]: readonly string[]): string | undefined {
  const both = `${first} ${second}`;
  return commandNames.includes(both) ? both : first;
}

/** Tells an error that the user can do something about, and gives its exit code; throws any other. */
function failedBy(
  error: unknown,
  told: { wantsJson: boolean; command: string; face: Face },
): ExitCode {
  if (told.face.interrupt.aborted && isAbort(error)) return exitCodes.interrupted;
  if (!(error instanceof UserError)) throw error;
  tellError(error, told);
  return error instanceof WorldError ? exitCodes.worldFailed : exitCodes.wrongRequest;
}

async function runCommand(
  command: Command,
  words: readonly string[],
  face: Face,
): Promise<ExitCode> {
  const call = parseArguments(command, words);
  if (call.wantsHelp) return tellCommandHelp(face, command);
  // `parseArguments` has just read the values by this very table.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see the line above
  const options = call.options as Parameters<Command["act"]>[0]["options"];
  const { arguments: given, program, shared } = call;
  return command.act({ arguments: given, program, options, shared, face });
}

async function tellHelp(face: Face, name: string | undefined): Promise<ExitCode> {
  if (name !== undefined) return tellCommandHelp(face, await findCommand(name));
  const [commands, { programHelp }] = await Promise.all([loadCommands(), import("./help-text.ts")]);
  return tell(face, programHelp(commands, face.version, face.out.paint));
}

async function tellCommandHelp(face: Face, command: Command): Promise<ExitCode> {
  const { commandHelp } = await import("./help-text.ts");
  return tell(face, commandHelp(command, face.out.paint));
}

function tell(face: Face, text: string): ExitCode {
  face.out.tell(`${text}\n`);
  return exitCodes.yes;
}

async function findCommand(name: string): Promise<Command> {
  const command = await loadCommand(name);
  if (command !== undefined) return command;
  const nearest = nearestWord(name, commandNames);
  if (name.startsWith("-")) {
    throw new UserError("unknown-option", `\`pitwall\` has no option \`${name}\``, {
      hint: "options stand behind the command: `pitwall run --help` lists those of `run`",
    });
  }
  throw new UserError("unknown-command", `there is no command \`${name}\``, {
    hint:
      nearest === undefined
        ? `the commands are ${commandNames.join(", ")}`
        : `did you mean \`pitwall ${nearest}\`?`,
  });
}

/** The error, last on the screen; with `--json` one document on standard output instead. */
function tellError(
  error: ErrorParts,
  { wantsJson, command, face }: { wantsJson: boolean; command: string; face: Face },
): void {
  const { code, message, at, saw, hint } = error;
  if (wantsJson) {
    const document = {
      schemaVersion: 1,
      command,
      ok: false,
      error: { code, message, at, saw, hint },
    };
    face.out.write(`${JSON.stringify(document)}\n`);
  }
  face.err.tell(`${describeError(error, face.err.paint)}\n`);
}

/** What `AbortSignal.throwIfAborted` throws: the work was given up as asked. */
function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

function isJsonAsked(words: readonly string[]): boolean {
  const dashes = words.indexOf("--");
  return (dashes === -1 ? words : words.slice(0, dashes)).includes("--json");
}
