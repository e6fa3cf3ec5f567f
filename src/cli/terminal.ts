import type { WriteStream } from "node:tty";
import { wrapText } from "../foundation/wrap-text.ts";
import { plainPaint, type Paint } from "../report/paint.ts";
import type { Screen } from "./command-table.ts";

export type ColorChoice = "auto" | "always" | "never";

/** A standard stream as a screen; colour is decided here, for each stream by itself, and nowhere else. */
export async function screenOf(
  stream: Pick<WriteStream, "write"> & { isTTY?: boolean; columns?: number },
  color: ColorChoice,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Screen> {
  const isTerminal = stream.isTTY === true && env["TERM"] !== "dumb";
  const write = (text: string): void => void stream.write(text);
  return {
    write,
    writeBytes: (bytes) => void stream.write(bytes),
    tell: (text) => write(isTerminal ? wrapText(text, stream.columns ?? 80) : text),
    isTerminal,
    get columns() {
      return stream.columns ?? 80;
    },
    paint: hasColor(isTerminal, color, env) ? await colorPaint() : plainPaint,
  };
}

/** What `--color` says, looked up before the options are read: help and errors are coloured too. */
export function colorChoice(words: readonly string[]): ColorChoice {
  const position = words.findIndex((word) => word === "--color" || word.startsWith("--color="));
  const word = words[position] ?? "";
  const value = word.includes("=") ? word.slice("--color=".length) : words[position + 1];
  return value === "always" || value === "never" ? value : "auto";
}

function hasColor(
  isTerminal: boolean,
  color: ColorChoice,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  if (color !== "auto") return color === "always";
  return isTerminal && (env["NO_COLOR"] ?? "") === "";
}

async function colorPaint(): Promise<Paint> {
  const { default: picocolors } = await import("picocolors");
  const colors = picocolors.createColors(true);
  return {
    strong: colors.bold,
    good: colors.green,
    bad: colors.red,
    warn: colors.yellow,
    name: colors.cyan,
    faint: colors.dim,
  };
}
