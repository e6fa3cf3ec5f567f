import type { LogDialect } from "../schema/logs/log-event.ts";
import type { PayloadReading } from "./dialects/payload-reading.ts";
import { readMllPayload } from "./dialects/read-mll-payload.ts";
import { readMllogPayload } from "./dialects/read-mllog-payload.ts";
import { readMlpvPayload } from "./dialects/read-mlpv-payload.ts";

/** The content of one line of text. */
export type ParsedLine = PayloadReading | { kind: "other" };

/** The position and dialect of a line's MLPerf token. */
interface FoundToken {
  dialect: LogDialect;
  start: number;
}

/**
 * Reads one line of a log, of any dialect, with any prefix before the token. Never throws.
 *
 * @param line text without its line ending, Latin-1 decoded if it comes from a file
 */
export function parseLine(line: string): ParsedLine {
  const token = findToken(line);
  return token === undefined
    ? { kind: "other" }
    : readPayload(token.dialect, line.slice(token.start));
}

/** Reads a line whose text starts at its token. */
export function readPayload(dialect: LogDialect, fromToken: string): PayloadReading {
  switch (dialect) {
    case "mllog":
      return readMllogPayload(fromToken.slice(tokens.mllog.length));
    case "mll":
      return readMllPayload(fromToken);
    case "mlpv":
      return readMlpvPayload(fromToken);
  }
}

const tokens = { mllog: ":::MLLOG ", mll: ":::MLL", mlpv: ":::MLPv" } as const;

/**
 * The last token counts, as in the official reader; `:::MLLOG ` takes precedence over the older
 * ones.
 */
export function findToken(line: string): FoundToken | undefined {
  if (!line.includes(":::ML")) return undefined;
  for (const dialect of ["mllog", "mll", "mlpv"] as const) {
    const start = line.lastIndexOf(tokens[dialect]);
    if (start >= 0) return { dialect, start };
  }
  return undefined;
}
