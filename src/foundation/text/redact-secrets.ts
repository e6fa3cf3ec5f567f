import { utf8Bytes } from "../bytes/utf8.ts";

/** A text without its secrets, and how many were replaced. */
export interface Redacted {
  text: string;
  count: number;
}

const name = String.raw`[\w.-]*(?:passw(?:or)?d|passphrase|secret|api[_-]?key|access[_-]?key|private[_-]?key|credentials?|auth[_-]?token|(?:^|[_-])token)`;

/** Each with the secret as the group `secret`, or as the whole match. Known forms of keys come first. */
const patterns: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/gu,
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/gu,
  /\b(?:gh[pousr]|github_pat|glpat|hf|sk|pk|rk|xox[abeprs]|npg|dop_v1)[_-][\w-]{16,}/gu,
  /\bAIza[\w-]{35}/gu,
  /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/gu,
  /[a-z][a-z0-9+.-]*:\/\/(?<secret>[^\s/@:"']+:[^\s/@"']+)@/giu,
  /\b(?:bearer|basic)\s+(?<secret>[\w.~+/=-]{8,})/giu,
  new RegExp(String.raw`${name}\b["']?\s*[:=]\s*["']?(?<secret>[^\s"',;}&]+)`, "giu"),
  new RegExp(String.raw`--?${name}["']?[\s,=]+["']?(?<secret>[^\s"',;}&-][^\s"',;}&]*)`, "giu"),
  /https:\/\/hooks\.[\w.]+\/(?<secret>[^\s"'<>]+)/giu,
];
/** Counts and states that look like values of secrets. */
const harmless = /^(?:\d[\d.,_]*|true|false|none|null|undefined|\*+)$/iu;

/**
 * Replaces passwords, keys and tokens by as many asterisks as they have bytes, so that positions in the text stay valid. It finds
 * the usual forms; a secret that looks like any other word remains.
 */
export function redactSecrets(text: string): Redacted {
  let count = 0;
  let redacted = text;
  for (const pattern of patterns) {
    redacted = redacted.replace(pattern, (match: string, ...rest: unknown[]) => {
      const secret = secretOf(rest.at(-1)) ?? match;
      if (harmless.test(secret)) return match;
      count += 1;
      return match.replace(secret, () => "*".repeat(byteLength(secret)));
    });
  }
  return { text: redacted, count };
}

/**
 * Replaces names by others of the same length, such as `h003` for the third of the names with four characters or fewer.
 *
 * @param names whole words; longer ones are replaced first
 */
export function redactNames(text: string, names: readonly string[]): Redacted {
  let count = 0;
  let redacted = text;
  const numbered = names.map((word, index) => ({ word, alias: aliasOf(word, index + 1) }));
  for (const { word, alias } of numbered.toSorted((a, b) => b.word.length - a.word.length)) {
    const escaped = word.replaceAll(/[.*+?^${}()|[\]\\]/gu, String.raw`\$&`);
    const pattern = new RegExp(String.raw`(?<![\w-])${escaped}(?![\w-])`, "gu");
    redacted = redacted.replace(pattern, () => {
      count += 1;
      return alias;
    });
  }
  return { text: redacted, count };
}

function aliasOf(word: string, index: number): string {
  return `h${String(index).padStart(byteLength(word) - 1, "0")}`;
}

function secretOf(groups: unknown): string | undefined {
  if (typeof groups !== "object" || groups === null || !("secret" in groups)) return undefined;
  return typeof groups.secret === "string" ? groups.secret : undefined;
}

function byteLength(text: string): number {
  return utf8Bytes(text).length;
}
