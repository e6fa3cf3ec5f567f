import type { Paint } from "./paint.ts";

/** The parts of a printed error: what failed, where, the value seen, and what to do. */
export interface ErrorParts {
  code: string;
  message: string;
  at?: string | undefined;
  saw?: string | undefined;
  hint?: string | undefined;
}

/** Prints each part on its own lines, without a trailing newline. */
export function describeError(error: ErrorParts, paint: Paint): string {
  const lines = [`${paint.bad(`error[${error.code}]:`)} ${error.message}`];
  if (error.at !== undefined) lines.push(`  at ${error.at}`);
  if (error.saw !== undefined) lines.push(...indent(error.saw));
  if (error.hint !== undefined) lines.push("", ...hintLines(error.hint, paint));
  return lines.join("\n");
}

/** Formats a warning for standard error like an error. */
export function describeWarning(
  warning: { message: string; hint?: string | undefined; isNote?: true },
  paint: Paint,
): string {
  const label = warning.isNote === true ? paint.name("note:") : paint.warn("warning:");
  const lines = [`${label} ${warning.message}`];
  if (warning.hint !== undefined) lines.push(...hintLines(warning.hint, paint));
  return lines.join("\n");
}

function hintLines(hint: string, paint: Paint): string[] {
  const [first, ...rest] = hint.split("\n");
  return [`${paint.name("hint:")} ${first ?? ""}`, ...rest.map((line) => `      ${line}`)];
}

function indent(text: string): string[] {
  return text.split("\n").map((line) => `  ${line}`);
}
