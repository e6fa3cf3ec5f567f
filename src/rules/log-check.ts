import { isJsonObject, type JsonObject, type JsonValue } from "../foundation/json.ts";
import type {
  LogEvent,
  LogLine,
  UnreadableLine,
  UnreadableReason,
} from "../schema/logs/log-event.ts";
import type { RuleFinding, RuleVerdict } from "../schema/logs/rule-finding.ts";
import { aggregateEvalMetrics } from "./aggregate-eval-metrics.ts";
import type { EditionRules } from "./edition-rules.ts";
import type { UseRules } from "./compile-rule-file.ts";
import { shorten } from "./describe-formula.ts";
import { FileScan, type ScanHost } from "./file-scan.ts";
import type { RuleLine } from "./rule-line.ts";

/** Checks one log, either line by line as it is written or all at once. */
export interface LogCheck {
  push(line: LogLine): void;
  /**
   * Returns the state of a log that is still being written. It covers every line read so far, but excludes checks that
   * need the end of the log. A later rule file may still override a finding of an earlier one.
   */
  soFar(): LiveChecklist;
  /** Returns the verdict that the official checker gives for the whole log. Do not push lines after this call. */
  finish(): RuleVerdict;
  /** The first line that met the last condition of the log's rules, usually the quality target; after `finish`. */
  metTarget(): MetTarget | undefined;
}

/** An evaluation that met the target. */
export interface MetTarget {
  key: string;
  line: number;
  timeMs: number;
}

export interface LiveChecklist {
  /** The rule files applied so far. */
  files: string[];
  findings: RuleFinding[];
  /** Required keys that are not logged yet; alternatives are joined by `|`. */
  waitingFor: string[];
  /** Logged keys whose condition (usually the quality target) is not met yet. */
  notMetYet: string[];
}

export function startLogCheck(rules: EditionRules): LogCheck {
  return new EditionLogCheck(rules);
}

/** Maximum number of unreadable lines that a finding lists; its count includes all of them. */
const listedLines = 20;
/** Valid logs request fewer rule files than this; more requests mean a circular reference. */
const mostFiles = 1000;

/** The official checker crashes for these reasons. For other reasons, it skips the line and fails the log. */
const deadlyReasons: ReadonlySet<UnreadableReason> = new Set([
  "not-an-object",
  "time-missing",
  "time-not-a-number",
  "key-missing",
  "value-missing",
  "metadata-missing",
] as const);

class EditionLogCheck implements LogCheck, ScanHost {
  readonly #rules: EditionRules;
  readonly #readsOldDialect: boolean;
  readonly #scans: FileScan[] = [];
  /** The lines that rules can read, stored because rule files added later start at the first line. */
  #lines: RuleLine[] = [];
  #readableCount = 0;
  #unreadableCount = 0;
  readonly #unreadable: UnreadableLine[] = [];
  #crashed: RuleFinding | undefined;

  constructor(rules: EditionRules) {
    this.#rules = rules;
    this.#readsOldDialect = rules.edition.endsWith("-0.6");
    this.#addScan(rules.edition, "common");
  }

  push(line: LogLine): void {
    if (this.#crashed !== undefined) return;
    if (line.kind === "unreadable") this.#pushUnreadable(line);
    else if (this.#readsOldDialect) this.#pushOldEvent(line);
    else this.#pushEvent(line);
  }

  #pushEvent({ event, lineNumber, byteOffset }: Extract<LogLine, { kind: "event" }>): void {
    if (event.dialect !== undefined) return;
    if (event.lacks !== undefined) {
      this.crash({
        rule: "line-incomplete",
        line: lineNumber,
        byteOffset,
        reason: `no-${event.lacks}`,
      });
      return;
    }
    this.#readableCount++;
    this.#addLine(event, event.timeMs, lineNumber);
  }

  /** Edition 0.6 counts every line with `:::MLL`, including lines in newer dialects, which it cannot parse. */
  #pushOldEvent({ event, lineNumber, byteOffset }: Extract<LogLine, { kind: "event" }>): void {
    if (event.dialect === "mlpv") return;
    if (event.dialect === undefined) {
      const dialect = "mllog";
      this.#pushUnreadable({
        kind: "unreadable",
        lineNumber,
        byteOffset,
        dialect,
        reason: "wrong-shape",
      });
      return;
    }
    this.#readableCount++;
    if (event.lacks !== "value")
      this.#addLine(event, event.timeSeconds ?? event.timeMs / 1000, lineNumber);
  }

  #pushUnreadable(line: UnreadableLine): void {
    const isOurs = this.#readsOldDialect ? line.dialect !== "mlpv" : line.dialect === "mllog";
    if (!isOurs) return;
    if (!this.#readsOldDialect && line.reason === "key-not-text") {
      this.#readableCount++;
      return;
    }
    if (!this.#readsOldDialect && deadlyReasons.has(line.reason)) {
      const { lineNumber, byteOffset, reason } = line;
      this.crash({ rule: "line-incomplete", line: lineNumber, byteOffset, reason });
      return;
    }
    this.#unreadableCount++;
    if (this.#unreadable.length < listedLines) this.#unreadable.push(line);
  }

  #addLine(event: LogEvent, time: number, lineNumber: number): void {
    if (!this.#rules.keys.has(event.key)) return;
    this.#lines.push({
      key: event.key,
      value: event.value,
      metadata: event.lacks === "metadata" ? undefined : this.#keepWhatMatters(event.metadata),
      time,
      lineNumber,
      valueWrittenAsFloat: event.valueWrittenAsFloat === true,
    });
    // This loop may add scans; new scans catch up from the first line.
    for (const scan of this.#scans) this.#catchUp(scan);
  }

  /** Removes metadata members that no rule reads: `file` and `lineno` would use most of the memory of a check. */
  #keepWhatMatters(metadata: JsonValue): JsonValue {
    if (!isJsonObject(metadata)) return metadata;
    let kept: Record<string, JsonValue> | undefined;
    for (const name of Object.keys(metadata)) {
      if (!this.#rules.metadataNames.has(name)) continue;
      kept ??= {};
      kept[name] = metadata[name] ?? null;
    }
    return kept ?? noMetadata;
  }

  #catchUp(scan: FileScan): void {
    while (this.#crashed === undefined) {
      const line = this.#lines[scan.position];
      if (line === undefined) return;
      scan.position++;
      scan.push(line);
    }
  }

  use(scan: FileScan, request: UseRules, line: RuleLine): void {
    const edition = request.edition ?? scan.file.edition;
    const name = request.name ?? "";
    const asked = this.#scans.find(({ file }) => file.edition === edition && file.name === name);
    const added = asked ?? this.#addScan(edition, name);
    if (added === undefined || request.name === undefined || added.file.isUnreadable) {
      this.crash({
        rule: "rules-missing",
        edition,
        file: name,
        key: line.key,
        line: line.lineNumber,
        seen: { value: shorten(line.value) },
        problem: problemOf(request, added),
      });
      return;
    }
    // A repeated request moves the file to the end of the order.
    scan.asked.delete(added);
    scan.asked.add(added);
  }

  #addScan(edition: string, name: string): FileScan | undefined {
    const file = this.#rules.files.get(edition)?.get(name);
    if (file === undefined) return undefined;
    const scan = new FileScan(file, this);
    this.#scans.push(scan);
    return scan;
  }

  crash(finding: RuleFinding): void {
    if (this.#crashed !== undefined) return;
    this.#crashed = finding;
    this.#lines = [];
  }

  soFar(): LiveChecklist {
    const byKey = new Map<string, RuleFinding>();
    const waiting = new Set<string>();
    const met = new Map<string, boolean>();
    for (const scan of this.#scans) {
      for (const { key } of scan.file.rules) {
        byKey.delete(key);
        waiting.delete(key);
      }
      for (const [key, finding] of scan.failuresSoFar()) byKey.set(key, finding);
      for (const key of scan.waitingFor()) waiting.add(key);
      for (const [key, isMet] of scan.conditionsMet()) met.set(key, isMet);
    }
    return {
      files: this.#scans.map(({ file }) => file.name),
      findings: [...this.#crashFindings(), ...byKey.values(), ...this.#unreadableFindings()],
      waitingFor: [...waiting],
      notMetYet: [...met].flatMap(([key, isMet]) => (isMet ? [] : [key])),
    };
  }

  finish(): RuleVerdict {
    const { findings, warnings } = this.#runQueue();
    const { edition, asPublished } = this.#rules;
    if (this.#crashed !== undefined) {
      return {
        edition,
        asPublished,
        verdict: "crash",
        failingKeys: [],
        findings: [this.#crashed],
        warnings: [],
      };
    }
    const failingKeys = [...new Set(findings.flatMap(failingKeyOf))].toSorted();
    const verdict = findings.length === 0 ? "pass" : "fail";
    return { edition, asPublished, verdict, failingKeys, findings, warnings };
  }

  metTarget(): MetTarget | undefined {
    const met = this.#scans.flatMap((scan) => scan.firstMet() ?? []).at(-1);
    if (met?.lineNumber === undefined) return undefined;
    const timeMs = this.#readsOldDialect ? met.time * 1000 : met.time;
    return { key: met.key, line: met.lineNumber, timeMs };
  }

  /** Applies rule files in request order; a later file overrides the findings of earlier files for its keys. */
  #runQueue(): { findings: RuleFinding[]; warnings: RuleFinding[] } {
    const byKey = new Map<string, RuleFinding>();
    const withoutKey: RuleFinding[] = [];
    const repeated = new Map<string, RuleFinding>();
    const queue = this.#scans.slice(0, 1);
    for (const scan of queue) {
      this.#applySpecial(scan);
      this.#catchUp(scan);
      if (queue.length > mostFiles) this.crash({ rule: "rules-never-end", files: namesOf(queue) });
      if (this.#crashed !== undefined) break;
      const result = scan.finish();
      for (const { key } of scan.file.rules) byKey.delete(key);
      for (const [key, finding] of result.byKey) byKey.set(key, finding);
      for (const finding of result.warnings) repeated.set(finding.key, finding);
      withoutKey.push(...result.withoutKey);
      queue.push(...scan.asked);
    }
    const all = [
      ...byKey.values(),
      ...withoutKey,
      ...this.#unreadableFindings(),
      ...this.#emptyFindings(),
    ];
    const [warnings, findings] = partition(all, (finding) => this.#onlyWarns(finding));
    return { findings, warnings: [...warnings, ...repeated.values()] };
  }

  /** Appends aggregated lines to the log, for this rule file and the following ones. */
  #applySpecial(scan: FileScan): void {
    const { special } = scan.file;
    if (special === undefined || scan.isSpecialApplied) return;
    scan.isSpecialApplied = true;
    const result = aggregateEvalMetrics(this.#lines, special.groupBy);
    if (result.kind === "lines") {
      this.#lines.push(...result.lines);
      return;
    }
    this.crash({
      rule: "eval-line-not-usable",
      line: result.line.lineNumber ?? 0,
      groupBy: special.groupBy,
      metadata: shorten(result.line.metadata ?? null),
    });
  }

  #onlyWarns(finding: RuleFinding): boolean {
    if (finding.rule === "end-check-failed") return this.#rules.warnsAtEnd;
    return finding.rule === "key-missing" && this.#rules.warnsIfMissing.has(finding.key);
  }

  #crashFindings(): RuleFinding[] {
    return this.#crashed === undefined ? [] : [this.#crashed];
  }

  #unreadableFindings(): RuleFinding[] {
    if (this.#unreadableCount === 0) return [];
    const lines = this.#unreadable.map(({ lineNumber, byteOffset, reason }) => ({
      line: lineNumber,
      byteOffset,
      reason,
    }));
    return [{ rule: "unreadable-lines", count: this.#unreadableCount, lines }];
  }

  #emptyFindings(): RuleFinding[] {
    return this.#readableCount === 0 ? [{ rule: "no-lines" }] : [];
  }
}

const noMetadata: JsonObject = {};

function problemOf(request: UseRules, scan: FileScan | undefined) {
  if (request.name === undefined) return "value-is-no-text";
  return scan === undefined ? "no-such-file" : "cannot-be-loaded";
}

function namesOf(queue: readonly FileScan[]): string[] {
  return [...new Set(queue.map(({ file }) => file.name))];
}

function failingKeyOf(finding: RuleFinding): string[] {
  if (finding.rule === "keys-missing") return [finding.oneOf.join("|")];
  if (finding.rule === "end-check-failed") return ["END"];
  return "key" in finding ? [finding.key] : [];
}

function partition<T>(items: readonly T[], isFirst: (item: T) => boolean): [T[], T[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}
