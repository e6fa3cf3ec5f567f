import { RE2JS } from "re2js";

/** A user's regular expression. Every pattern matches in time linear in the line's length. */
export interface LinearPattern {
  readonly groupCount: number;
  /** The whole match and its groups, or undefined. */
  exec(line: string): readonly (string | undefined)[] | undefined;
  test(line: string): boolean;
  /** Where the pattern and its first group match at or after an index; undefined if they do not. */
  find(line: string, from: number): GroupSpan | undefined;
}

/** Where a pattern's first group matched in a line. */
export interface GroupSpan {
  /** Where the whole pattern matched. */
  matchStart: number;
  start: number;
  end: number;
}

export type LinearPatternParse =
  | { kind: "pattern"; pattern: LinearPattern }
  | { kind: "unsupported"; construct: "lookaround" | "backreference" }
  | { kind: "invalid"; reason: string };

/** Longer lines are truncated before matching. */
const maximumLineLength = 1 << 20;
/** On lines up to this length, a simple pattern takes at most this length squared steps. */
const maximumNativeLength = 4096;

/**
 * Compiles JavaScript's syntax without lookaround and backreferences, which no linear-time engine
 * supports. RE2 does the matching; the engine of JavaScript, several times as fast, only where
 * its backtracking is bounded: a simple pattern on a short line.
 */
export function parseLinearPattern(text: string): LinearPatternParse {
  const construct = unsupportedConstruct(text);
  if (construct !== undefined) return { kind: "unsupported", construct };
  try {
    const native = new RegExp(text);
    const re2 = RE2JS.compile(RE2JS.translateRegExp(likeJavaScript(text)));
    const groupCount = re2.groupCount();
    const isSimple = isSimplePattern(text);
    const exec = (line: string): readonly (string | undefined)[] | undefined => {
      if (isSimple && line.length <= maximumNativeLength) return matchOf(native, line);
      const matcher = re2.matcher(line.slice(0, maximumLineLength));
      if (!matcher.find()) return undefined;
      return Array.from(
        { length: groupCount + 1 },
        (_, group) => matcher.group(group) ?? undefined,
      );
    };
    const positions = new RegExp(text, "dg");
    const matches = new RegExp(text, "g");
    const endsWithGroup = groupAtEnd.test(text);
    const find = (line: string, from: number): GroupSpan | undefined => {
      if (isSimple && line.length <= maximumNativeLength) {
        return endsWithGroup ? spanAtEnd(matches, line, from) : spanOf(positions, line, from);
      }
      const matcher = re2.matcher(line.slice(0, maximumLineLength));
      if (!matcher.find(from) || matcher.start(1) < 0) return undefined;
      return { matchStart: matcher.start(0), start: matcher.start(1), end: matcher.end(1) };
    };
    return {
      kind: "pattern",
      pattern: { groupCount, exec, find, test: (line) => exec(line) !== undefined },
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const prefix = /^(?:Invalid regular expression|error parsing regexp): /u;
    return { kind: "invalid", reason: reason.replace(prefix, "") };
  }
}

function matchOf(expression: RegExp, line: string): readonly (string | undefined)[] | undefined {
  const match = expression.exec(line);
  return match === null ? undefined : [...match];
}

/** A pattern whose only group is its end; escaped parentheses are left out. */
const groupAtEnd = /^[^()]*\((?!\?)[^()]*[^()\\]\)$/u;

/** As `spanOf` for a group at the end of the pattern; positions of groups are costly to compute. */
function spanAtEnd(expression: RegExp, line: string, from: number): GroupSpan | undefined {
  const sticky = expression;
  sticky.lastIndex = from;
  const match = sticky.exec(line);
  const group = match?.[1];
  if (match === null || group === undefined) return undefined;
  const end = match.index + match[0].length;
  return { matchStart: match.index, start: end - group.length, end };
}

function spanOf(expression: RegExp, line: string, from: number): GroupSpan | undefined {
  const sticky = expression;
  sticky.lastIndex = from;
  const match = sticky.exec(line);
  const group = match?.indices?.[1];
  if (match === null || group === undefined) return undefined;
  return { matchStart: match.index, start: group[0], end: group[1] };
}

function unsupportedConstruct(text: string): "lookaround" | "backreference" | undefined {
  const plain = text.replaceAll(/\\[^1-9k]|\[(?:\\.|[^\]\\])*\]/gsu, "x");
  if (/\(\?<?[=!]/u.test(plain)) return "lookaround";
  return /\\(?:[1-9]|k<)/u.test(plain) ? "backreference" : undefined;
}

const space = String.raw`\t-\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}`;

/** RE2's `.`, `\s` and `\S` know only ASCII; spelled out, they match what JavaScript's match. */
function likeJavaScript(text: string): string {
  let isInClass = false;
  return text.replaceAll(/\\.|[[\].]/gsu, (token) => {
    if (isInClass) {
      isInClass = token !== "]";
      return token === String.raw`\s` ? space : token;
    }
    isInClass = token === "[";
    if (token === ".") return String.raw`[^\n\r\x{2028}\x{2029}]`;
    if (token === String.raw`\s`) return `[${space}]`;
    return token === String.raw`\S` ? `[^${space}]` : token;
  });
}

const escaped = String.raw`\\[dDwWsS.,:;=%#@!&~"'<>/\-[\](){}*+?|^$\\]`;
const atom = String.raw`(?:${escaped}|\[(?:[0a]-[9z]|A-Z|[\w .,:;=+])+-?\]|[\w ,:;=%#@!&~"'<>/\-])`;
const simplePattern = new RegExp(
  String.raw`^${atom}*\((?:\?<\w+>)?${atom}[+*]?\)${atom}*$|^${atom}*$`,
  "u",
);

/**
 * Whether backtracking is bounded by the square of the line's length: a sequence of characters and
 * classes, one of which, the group, may repeat.
 */
function isSimplePattern(text: string): boolean {
  return simplePattern.test(text);
}
