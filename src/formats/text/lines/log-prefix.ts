const level = String.raw`(?:TRACE|DEBUG|INFO|SUCCESS|NOTICE|WARN(?:ING)?|ERROR|CRITICAL)\b`;
/** What loggers, containers and services write before a message. */
const parts = [
  // A date and a time, or one of them.
  String.raw`\d{4}[-/]\d\d[-/]\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?)?`,
  String.raw`\d\d:\d\d:\d\d(?:[.,]\d+)?`,
  // absl: `I0102 03:04:05.123456 12345 train.py:42]`
  String.raw`[IWEF]\d{4} [\d:.]+ +\d+ [\w./-]+:\d+\]`,
  // The system's journal: `Jan 02 03:04:05 node-1 python[1234]:`
  String.raw`[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d [\w.-]+ [\w./-]+\[\d+\]:`,
  String.raw`\[[^\[\]|]*\]:?`,
  String.raw`\([^()]*\bpid=\d+[^()]*\)`,
  level,
  String.raw`std(?:out|err) F\b`,
  String.raw`[\w./-]+\.py:\d+`,
  String.raw`[\w.]+:[\w<>]+:\d+`,
  // Containers: `trainer-0  |`
  String.raw`[\w.-]*\d[\w.-]* +(?=\|)`,
  String.raw`[\w.]+ +(?=- )`,
  String.raw`\+\d+ms\b`,
  String.raw`[>*•-]|\p{Extended_Pictographic}\uFE0F?`,
];
const prefix = new RegExp(
  String.raw`^(?:\s*(?:(?:${parts.join("|")})(?:\s*[-|:>](?=\s))?(?=[\s|│])|${level}:[\w.]*:))+\s?`,
  "u",
);

const numberAtEnd = /(?:^|[\s|,;=:(])[-+.]?\d[^\s|]*[\s|│┃]*$/u;

/** Whether a line ends in a number, as most lines with values do: it is no header of a table and no heading. */
export function endsInNumber(line: string): boolean {
  return numberAtEnd.test(line.slice(-24));
}

/** Number of characters before the message of a line; 0 if nothing is before it, or nothing after. */
export function logPrefixLength(line: string): number {
  const found = prefix.exec(line)?.[0];
  if (found === undefined) return 0;
  const message = line.slice(found.length).trim();
  if (message === "") return 0;
  // The last bar may be the first of a table: `INFO | epoch | acc |`.
  const bar = /\|\s*$/u.exec(found);
  return bar !== null && /^[^|].*\|$/u.test(message) ? bar.index : found.length;
}

/** A line with blanks for its first characters, so that positions in it stay the same. */
export function blankedPrefix(line: string, length: number): string {
  return length === 0 ? line : " ".repeat(length) + line.slice(length);
}

/** Matches prefixes that differ only in their numbers. */
export function samePrefix(line: string, length: number): RegExp {
  const text = line.slice(0, length).replaceAll(/[\\^$.*+?()[\]{}|/]/gu, String.raw`\$&`);
  return new RegExp(
    `^${text.replaceAll(/\d+/gu, String.raw`\d+`).replaceAll(/\s+/gu, String.raw`\s+`)}`,
    "u",
  );
}
