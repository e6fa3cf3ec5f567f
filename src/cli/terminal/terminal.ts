import type { WriteStream } from "node:tty";
import { printableText } from "../../foundation/text/printable-text.ts";
import { wrapText } from "../../foundation/text/wrap-text.ts";
import { plainPaint, type Paint } from "../../report/paint.ts";
import type { Screen } from "../command-table.ts";

export type ColorChoice = "auto" | "always" | "never";

/** Wraps a standard stream. This is the only place that decides, per stream, on color and control characters. */
export async function screenOf(
  stream: Pick<WriteStream, "write"> & { isTTY?: boolean; columns?: number },
  color: ColorChoice,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Screen> {
  const isTerminal = stream.isTTY === true && env["TERM"] !== "dumb";
  // A terminal of unknown size reports no columns, or 0.
  const columns = (): number => stream.columns || 80;
  const keepsColor = hasColor(isTerminal, color, env);
  const write = (text: string): void =>
    void stream.write(isTerminal ? printableText(text, { keepsColor }) : text);
  return {
    write,
    writeBytes: (bytes) => void stream.write(bytes),
    print: (text) => write(isTerminal ? wrapText(text, columns()) : text),
    clearLine: () => void stream.write("\r\u001B[2K"),
    clearLinesAbove: (count) => void stream.write(`\u001B[${count}A\u001B[J`),
    isTerminal,
    get columns() {
      return columns();
    },
    paint: keepsColor ? await colorPaint() : plainPaint,
  };
}

/** The value of `--color`, read before the other options: help and errors are colored too. */
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
