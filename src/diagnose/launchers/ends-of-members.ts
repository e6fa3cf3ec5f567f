import { isDenied } from "../words/mood-of-line.ts";
import { subjectIn } from "../words/subject-of-line.ts";
import { endOf, type End, type Statement } from "./stated-ends.ts";

const names: ReadonlySet<string> = new Set(
  "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM".split(" "),
);
/** `exit_code=137`, no answer of a server, `exited with code 1`, `returned -9`, `status 1`. */
const code =
  /\b(?:exit(?:ed|s)?|exit[ _-]?(?:code|status|value)|exitcode|return[ _]?code|returncode|rc|status|code)["']?(?:\s*[=:]\s*|\s+(?:with |by |on )?(?:exit |error |return )?(?:code |status |value )?(?:of )?)["'(]*(?!2\d\d\b)(?<code>-?\d{1,3})(?![\w.:/%])/iu;
const signal =
  /\b(?:signal|sig|killed by|signalled)["']?(?:\s*[=:]\s*|\s+)["'(]*(?:signal )?(?:SIG)?(?<signal>[A-Z]{2,5}\d?|\d{1,2})\b|\bSIG(?<name>[A-Z]{2,5}\d?)\b/u;
/** It ended badly, without a code. */
const failed =
  /\b(?:state|status|phase|result|event|outcome)["']?\s*[=:]\s*["']?(?:failed|error(?:ed)?|crashed|dead|aborted|died)\b|\b(?:crashed|aborted|has died|terminated abnormally|panicked)\b/iu;
/** What happened to it later, and what others did to it. */
const stopped =
  /\b(?:stopp|terminat|kill|cancel|shut)\w*\b.{0,30}\b(?:by (?:the )?(?:launcher|supervisor|agent|scheduler|user|parent)|remaining|other ranks|because)\b/iu;

/** NCCL, about a transfer that did not complete; torchrun, about signals that it gets and sends. */
const ofOther = /\bGot completion\b|\bSignalException\b|\bclosing signal SIG/u;

const fields = /[\w"']\s?=\s?\S.*[\w"']\s?=\s?\S/u;
const nearCharacters = 80;

/** Cheap test: most lines contain none of these. */
export function mayTellEnd(text: string): boolean {
  return /exit|return|status|code|signal|SIG[A-Z]|crashed|aborted|died|\bsig\b|phase|killed by|terminated/iu.test(
    text,
  );
}

/** How one of the equal processes ended, by fields or a sentence that name it, in the words of any launcher. */
export function endsOfMembers(line: string): Statement[] {
  // A command may stand between whom it is about and how it ended.
  const text = line.replaceAll(/\[[^\]]{12,}\]/gu, "[]");
  if (text.length > 600 || isDenied(text) || ofOther.test(text)) return [];
  const subject = subjectIn(text);
  if (subject === undefined) return [];
  const { ranks, at } = subject;
  // Fields may stand anywhere; a sentence says it near to whom it is about.
  const how = endIn(text.slice(Math.max(0, at - 40), at + nearCharacters), text);
  if (how === undefined) return [];
  const isStopped = stopped.test(text) || how.signal === "SIGTERM";
  return [{ kind: "end", ranks, how: isStopped ? { signal: "SIGTERM" } : how, by: "words" }];
}

function endIn(near: string, text: string): End | undefined {
  const part = fields.test(text) ? text : near;
  const ended = signalIn(part);
  if (ended !== undefined) return ended;
  const digits = code.exec(part)?.groups?.["code"];
  if (digits !== undefined) return Number(digits) === 0 ? undefined : endOf(Number(digits));
  return failed.test(part) ? { exitCode: 1 } : undefined;
}

function signalIn(text: string): End | undefined {
  const found = signal.exec(text)?.groups;
  const name = found?.["signal"] ?? found?.["name"] ?? "";
  if (/^\d+$/u.test(name)) return endOf(-Number(name));
  return names.has(name) ? { signal: `SIG${name}` } : undefined;
}
