import { z } from "zod";

/** One event of an asciicast, version 2: seconds, kind, text. */
const castEvent = z.tuple([z.number(), z.literal("o"), z.string()]);

/** The text that a recording leaves on the terminal, without colors; lines that were drawn again count once. */
export function replayCast(cast: string): { header: unknown; seconds: number[]; text: string } {
  const [head = "", ...lines] = cast.trimEnd().split("\n");
  const events = lines.map((line) => castEvent.parse(JSON.parse(line)));
  return {
    header: JSON.parse(head),
    seconds: events.map(([seconds]) => seconds),
    text: screenAfter(events.map(([, , text]) => text).join("")),
  };
}

/** Follows the control sequences that Pitwall writes: colors, start of line, and clearing. */
function screenAfter(output: string): string {
  const lines: string[] = [""];
  let column = 0;
  // oxlint-disable-next-line no-control-regex -- control sequences start with the escape character
  for (const [token] of output.matchAll(/\u001B\[[\d;?]*[A-Za-z]|\r|\n|[^\u001B\r\n]+/gu)) {
    const last = lines.length - 1;
    // oxlint-disable-next-line no-control-regex -- see above
    const above = /^\u001B\[(\d+)A$/u.exec(token)?.[1];
    if (token === "\n") {
      lines.push("");
      column = 0;
    } else if (token === "\r") column = 0;
    else if (token === "\u001B[2K") lines[last] = "";
    else if (above !== undefined) lines.length -= Number(above);
    else if (token === "\u001B[J") lines[lines.length - 1] = "";
    else if (!token.startsWith("\u001B")) {
      const line = lines[last] ?? "";
      lines[last] =
        line.slice(0, column).padEnd(column) + token + line.slice(column + token.length);
      column += token.length;
    }
  }
  return lines.map((line) => line.trimEnd()).join("\n");
}
