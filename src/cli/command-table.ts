import type { Paint } from "../report/paint.ts";
import type { StartDashboard } from "../schema/dashboard/serving.ts";

/** Exit codes, as STYLE of the house has them. */
export const exitCodes = {
  yes: 0,
  no: 1,
  wrongRequest: 2,
  worldFailed: 3,
  ourBug: 70,
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** One flag: what it takes, and what it is for. Without help it does not compile. */
export type OptionDeclaration = {
  help: string;
  /** The heading it stands under in the help. */
  group: string;
} & (
  | { takes: "nothing" }
  | { takes: "text"; placeholder: string; default?: string }
  | { takes: "texts"; placeholder: string }
  | { takes: "number"; placeholder: string; minimum: number; default?: number }
  | { takes: "choice"; choices: readonly string[]; default?: string }
);

export type OptionTable = Readonly<Record<string, OptionDeclaration>>;

/** What a command reads for its table of options. */
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

/** A command as the user sees it; `act` loads what it needs when it is called, not before. */
export interface Command<Table extends OptionTable = OptionTable> {
  name: string;
  /** One sentence. */
  summary: string;
  /** How the arguments stand: `<run>…`, `[workload | file] [-- program…]`. */
  usage: string;
  arguments: readonly { name: string; help: string }[];
  /** Fewest and most arguments, not counting what stands behind `--`. */
  argumentCount: { least: number; most: number };
  /** Whether a program may stand behind `--`. */
  takesProgram: boolean;
  examples: readonly { command: string; does: string }[];
  options: Table;
  exits: readonly { code: ExitCode; when: string }[];
  act(call: Call<Table>): Promise<ExitCode>;
}

export interface Call<Table extends OptionTable = OptionTable> {
  /** The arguments before `--`. */
  arguments: readonly string[];
  /** The program and its arguments behind `--`, if there is a `--`. */
  program: readonly string[] | undefined;
  options: OptionValues<Table>;
  shared: SharedOptions;
  face: Face;
  /** Loads every command, for a command that describes the others. */
  loadCommands: () => Promise<readonly Command[]>;
}

/** Options that every command understands. */
export interface SharedOptions {
  json: boolean;
  quiet: boolean;
  verbose: boolean;
  home: string | undefined;
}

/** The terminal and what else of the world a command meets, made by `bin.ts`. */
export interface Face {
  /** The answer, and only the answer. */
  out: Screen;
  /** Progress, warnings, hints and errors. */
  err: Screen;
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  nowMs(): number;
  /** Aborted by the first Ctrl-C. */
  interrupt: AbortSignal;
  /** The command that starts this very program again: Node.js and the path of bin.js. */
  self: readonly string[];
  version: string;
  /** Starts the dashboard's server, which is loaded only then. */
  startDashboard: StartDashboard;
}

/** A standard stream. On a terminal, control characters in text are replaced by their escapes. */
export interface Screen {
  write(text: string): void;
  /** Writes bytes unchanged: a Parquet file, a log for a pipe. */
  writeBytes(bytes: Uint8Array): void;
  /** Writes text for people, wrapped between words to the width of a terminal. */
  print(text: string): void;
  /** Clears the current line of a terminal and moves to its start. */
  clearLine(): void;
  /** Moves up by a number of lines and clears everything below. */
  clearLinesAbove(count: number): void;
  isTerminal: boolean;
  columns: number;
  paint: Paint;
}

/** Makes the compiler read a command's options off its table. */
export function defineCommand<const Table extends OptionTable>(command: Command<Table>): Command {
  return command;
}
