import type { CheckedLog } from "../../schema/logs/log-verdict.ts";

/** The path of a log as the user can type it. */
export function shownLogPath({ argument, path }: CheckedLog): string {
  if (argument === path || argument === ".") return path;
  return `${argument.replace(/\/+$/, "")}/${path}`;
}
