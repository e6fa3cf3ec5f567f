import type { Paint } from "./paint.ts";

/** An error for people: what happened, where, what was seen, what to do. */
export interface ErrorParts {
  code: string;
  message: string;
  at?: string | undefined;
  saw?: string | undefined;
  hint?: string | undefined;
}

/** The four parts, each on lines of its own; no newline at the end. */
export function describeError(error: ErrorParts, paint: Paint): string {
  const lines = [`${paint.bad(`error[${error.code}]:`)} ${error.message}`];
  if (error.at !== undefined) lines.push(`  at ${error.at}`);
  if (error.saw !== undefined) lines.push(...indent(error.saw));
  if (error.hint !== undefined) lines.push("", ...hintLines(error.hint, paint));
  return lines.join("\n");
}

/** A warning in the same shape, on standard error. */
export function describeWarning(
  warning: { message: string; hint?: string | undefined },
  paint: Paint,
): string {
  const lines = [`${paint.warn("warning:")} ${warning.message}`];
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
