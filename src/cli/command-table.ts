import type { Paint } from "../report/paint.ts";
import type { StartDashboard } from "../schema/dashboard/serving.ts";

/** Exit codes. */
export const exitCodes = {
  yes: 0,
  no: 1,
  wrongRequest: 2,
  worldFailed: 3,
  faultFound: 4,
  ourBug: 70,
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** A flag: the value it takes and its help text, which is required. */
export type OptionDeclaration = {
  help: string;
  /** The heading of its group in the help. */
  group: string;
} & (
  | { takes: "nothing" }
  | {
      takes: "text";
      placeholder: string;
      default?: string;
      /** The value if the flag is the last word or another flag follows; absent: a value is required. */
      alone?: string;
    }
  | { takes: "texts"; placeholder: string }
  | { takes: "number"; placeholder: string; minimum: number; default?: number }
  | { takes: "choice"; choices: readonly string[]; default?: string }
);

export type OptionTable = Readonly<Record<string, OptionDeclaration>>;

/** The option values that a command receives, derived from its table of options. */
export type OptionValues<Table extends OptionTable> = {
  readonly [Name in keyof Table]: Table[Name] extends { takes: "nothing" }
    ? boolean
    : Table[Name] extends { takes: "texts" }
      ? readonly string[]
      : Table[Name] extends { takes: "number"; default: number }
        ? number
        : Table[Name] extends { takes: "number" }
          ? number | undefined
          : Table[Name] extends { default: string }
            ? string
            : string | undefined;
};

/** A command. `act` loads its dependencies only when it is called. */
export interface Command<Table extends OptionTable = OptionTable> {
  name: string;
  /** One sentence. */
  summary: string;
  /** Syntax of the positional arguments: `<run>…`, `[workload | file] [-- program…]`. */
  usage: string;
  arguments: readonly { name: string; help: string }[];
  /** Number of positional arguments, not counting those after `--`. */
  argumentCount: { minimum: number; maximum: number };
  /** Whether a program may follow `--`. */
  takesProgram: boolean;
  examples: readonly { command: string; does: string }[];
  options: Table;
  exits: readonly { code: ExitCode; when: string }[];
  /** The exit code; that of another program for a command that runs one. */
  act(call: Call<Table>): Promise<number>;
}

export interface Call<Table extends OptionTable = OptionTable> {
  /** The arguments before `--`. */
  arguments: readonly string[];
  /** The program and its arguments after `--`; absent without `--`. */
  program: readonly string[] | undefined;
  options: OptionValues<Table>;
  shared: SharedOptions;
  face: Face;
  /** Loads every command, for a command that describes the others. */
  loadCommands: () => Promise<readonly Command[]>;
}

/** Options that every command supports. */
export interface SharedOptions {
  json: boolean;
  quiet: boolean;
  verbose: boolean;
  home: string | undefined;
}

/** The environment of a command: streams, working directory, interrupts. Created by `bin.ts`. */
export interface Face {
  /** Standard output: only the result. */
  out: Screen;
  /** Standard error: progress, warnings, hints and errors. */
  err: Screen;
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  nowMs(): number;
  /** Aborted by the first Ctrl-C. */
  interrupt: AbortSignal;
  /** Calls a function at each SIGUSR1, until the returned function is called. */
  onCheckpointRequest(listener: () => void): () => void;
  /** The command that starts Pitwall: Node.js and the path of bin.js. */
  self: readonly string[];
  version: string;
  /** Asks a question on the terminal. */
  ask(question: string): Promise<Answer>;
  /** Loads and starts the dashboard server. */
  startDashboard: StartDashboard;
}

/** The answer to a question on the terminal. */
export type Answer =
  | { kind: "answered"; text: string }
  /** Ctrl-C, or the end of input. */
  | { kind: "interrupted" }
  /** Standard input or standard error is not a terminal. */
  | { kind: "no-terminal" };

/** A standard stream. On a terminal, control characters in text are replaced by their escapes. */
export interface Screen {
  write(text: string): void;
  /** Writes bytes unchanged: a Parquet file, a log for a pipe. */
  writeBytes(bytes: Uint8Array): void;
  /** Writes text, wrapped at word boundaries to the width of the terminal. */
  print(text: string): void;
  /** Clears the current line of a terminal and moves to its start. */
  clearLine(): void;
  /** Moves up by a number of lines and clears everything below. */
  clearLinesAbove(count: number): void;
  isTerminal: boolean;
  columns: number;
  paint: Paint;
}

/** Lets the compiler infer the types of a command's options from its table. */
export function defineCommand<const Table extends OptionTable>(command: Command<Table>): Command {
  return command;
}
