import { errorCode } from "../foundation/errors/error-code.ts";
import { nearestWord } from "../foundation/text/nearest-word.ts";
import { UserError, WorldError } from "../foundation/errors/user-error.ts";
import type { ErrorParts } from "../report/describe-error.ts";
import { exitCodes, type Command, type ExitCode, type Face } from "./command-table.ts";
import { commandNames, loadCommand, loadCommands } from "./commands.ts";

/**
 * Runs Pitwall with command-line words and returns the exit code. Prints errors that the user can
 * fix; rethrows any other error to `bin.ts`.
 */
export async function main(words: readonly string[], face: Face): Promise<number> {
  const [first, ...rest] = words;
  try {
    if (first === undefined || first === "--help" || first === "-h")
      return await printHelp(face, undefined);
    if (first === "--version" || first === "-V") return print(face, face.version);
    if (first === "help") return await printHelp(face, nameIn(rest));
    const name = nameIn(words);
    const command = await findCommand(name ?? first);
    return await runCommand(command, words.slice(command.name.split(" ").length), face);
  } catch (error) {
    const command = nameIn(words) ?? "";
    return await reportFailure(error, { wantsJson: requestsJson(words), command, face });
  }
}

/** The command name at the start of the words: two words for `results import`, else one. */
function nameIn([first, second]: readonly string[]): string | undefined {
  const both = `${first} ${second}`;
  return commandNames.includes(both) ? both : first;
}

interface FailedCall {
  wantsJson: boolean;
  command: string;
  face: Face;
}

/** Prints an error that the user can fix and returns its exit code; rethrows any other error. */
async function reportFailure(error: unknown, call: FailedCall): Promise<ExitCode> {
  if (call.face.interrupt.aborted && isAbort(error)) {
    if (call.wantsJson) writeErrorDocument({ code: "interrupted", message: "interrupted" }, call);
    return exitCodes.interrupted;
  }
  const reported = systemFailure(error) ?? error;
  if (!(reported instanceof UserError)) throw error;
  await printError(reported, call);
  return reported instanceof WorldError ? exitCodes.worldFailed : exitCodes.wrongRequest;
}

/** An error from a file system call that was not converted to a more specific error; not a bug in Pitwall. */
function systemFailure(error: unknown): WorldError | undefined {
  const code = errorCode(error);
  if (code === undefined || !(error instanceof Error)) return undefined;
  if (!("syscall" in error && "path" in error)) return undefined;
  const { syscall, path } = error;
  if (typeof syscall !== "string" || typeof path !== "string") return undefined;
  return new WorldError("file-system-failed", `cannot use \`${path}\``, {
    saw: `the system answered ${code} to ${syscall}`,
    hint: "check that the path exists, and its owner and mode with `ls -l`",
    cause: error,
  });
}

async function runCommand(command: Command, words: readonly string[], face: Face): Promise<number> {
  const { parseArguments } = await import("./parse-arguments.ts");
  const call = parseArguments(command, words);
  if (call.wantsHelp) return printCommandHelp(face, command);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- parseArguments parsed the values with this command's table
  const options = call.options as Parameters<Command["act"]>[0]["options"];
  const { arguments: given, program, shared } = call;
  return command.act({ arguments: given, program, options, shared, face, loadCommands });
}

async function printHelp(face: Face, name: string | undefined): Promise<ExitCode> {
  if (name !== undefined) return printCommandHelp(face, await findCommand(name));
  const { programHelp } = await import("./reference/program-help.ts");
  return print(face, programHelp(face.version, face.out.paint));
}

async function printCommandHelp(face: Face, command: Command): Promise<ExitCode> {
  const { commandHelp } = await import("./reference/help-text.ts");
  return print(face, commandHelp(command, face.out.paint));
}

function print(face: Face, text: string): ExitCode {
  face.out.print(`${text}\n`);
  return exitCodes.yes;
}

async function findCommand(name: string): Promise<Command> {
  const command = await loadCommand(name);
  if (command !== undefined) return command;
  const nearest = nearestWord(name, commandNames);
  if (name.startsWith("-")) {
    throw new UserError("unknown-option", `unknown option \`${name}\``, {
      hint: "options go after the command: `pitwall run --help` lists the options of `run`",
    });
  }
  throw new UserError("unknown-command", `unknown command \`${name}\``, {
    hint:
      nearest === undefined
        ? `commands: ${commandNames.join(", ")}`
        : `did you mean \`pitwall ${nearest}\`?`,
  });
}

/** Prints the error to standard error, and with `--json` also as a document to standard output. */
async function printError(error: ErrorParts, call: FailedCall): Promise<void> {
  const { describeError } = await import("../report/describe-error.ts");
  if (call.wantsJson) writeErrorDocument(error, call);
  const { err } = call.face;
  err.print(`${describeError(error, err.paint)}\n`);
}

function writeErrorDocument(
  { code, message, at, saw, hint }: ErrorParts,
  { command, face }: FailedCall,
): void {
  const error = { code, message, at, saw, hint };
  face.out.write(`${JSON.stringify({ schemaVersion: 1, command, ok: false, error })}\n`);
}

/** Whether `AbortSignal.throwIfAborted` threw this: the user interrupted the work. */
function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

function requestsJson(words: readonly string[]): boolean {
  const dashes = words.indexOf("--");
  return (dashes === -1 ? words : words.slice(0, dashes)).includes("--json");
}
