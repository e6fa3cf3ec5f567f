import { UserError } from "../../../foundation/errors/user-error.ts";
import { parseCount, parseDurationMs, parseUsd } from "../../../foundation/numbers/units.ts";
import {
  parseLinearPattern,
  type LinearPattern,
} from "../../../formats/text/metrics/linear-pattern.ts";
import { isMetricName, parseMetricPattern } from "../../../formats/text/metrics/metric-pattern.ts";
import type { WantedMetric } from "../../../formats/text/metrics/wanted-metric.ts";
import type { DataRequest } from "../../../schema/run/request/data-set.ts";
import type { PlanExpectation } from "../../../schema/plan/plan-expectation.ts";
import type { EarlierParts } from "../../../schema/run/outcome/earlier-parts.ts";
import type { LaunchTarget } from "../../../schema/run/hosts/launch-target.ts";
import type { TargetRequest } from "../../../schema/run/outcome/metric-target.ts";
import type { Price } from "../../../schema/run/request/price.ts";
import type { RunLabels } from "../../../schema/run/request/run-labels.ts";
import type { RecoveryRequest } from "../../../schema/run/events/recovery.ts";
import type { RaceMembership } from "../../../schema/run/race/race-membership.ts";
import type { RunReport } from "../../../schema/run/outcome/series-summary.ts";
import type {
  OutputReading,
  RunLimits,
  Startable,
} from "../../../schema/run/request/run-request.ts";
import { planTargets, type TargetTexts, withTargetMetrics } from "../targets/plan-targets.ts";

/** A series as the user requested it, unparsed: from options, a workload file, or both. */
export interface SeriesRequest extends TargetTexts {
  metrics: readonly string[];
  /** Files and folders that the metrics are read from, relative to the program's working folder. */
  metricsFrom?: readonly string[];
  samples?: string | undefined;
  clockStart?: string | undefined;
  clock?: string | undefined;
  stopAtTarget: boolean;
  keepOnNan?: boolean;
  /** Default: all. */
  observe?: string | undefined;
  keepGoing?: boolean;
  warmup?: number | undefined;
  prepare?: string | undefined;
  retries?: number | undefined;
  runs: number;
  seed: number;
  maxTime?: string | undefined;
  maxCost?: string | undefined;
  maxSamples?: string | undefined;
}

/** A validated series: all patterns compile and all values are parsed. */
export interface SeriesPlan extends TargetRequest {
  startable: Startable;
  labels?: RunLabels;
  launchTarget: LaunchTarget;
  reading: OutputReading;
  stopAtTarget: boolean;
  keepOnNan?: boolean;
  /** The machines and the steps of the program are not sampled. */
  observe?: "none";
  /** Start all runs, even if the first ones fail. */
  keepGoing?: boolean;
  /** Runs before the series, recorded but not counted. */
  warmupCount?: number;
  /** Shell command to run before each run, not timed. */
  prepare?: string;
  /** What is put on each host before each run, not timed. */
  data?: readonly DataRequest[];
  /** What the plan of the runs expects of each. */
  expectation?: PlanExpectation;
  /** How the job of a run is started again after failures. */
  recovery?: RecoveryRequest;
  /** How many times a run that dies is started again with the same seed. */
  retries?: number;
  limits: RunLimits;
  price: Price | undefined;
  seeds: readonly number[];
  /** The rule edition that logs are checked against, for example `training-5.1`. Default: the newest that applies. */
  edition?: string;
  rerunOf?: string;
  /** The race that the runs are part of. */
  race?: RaceMembership;
  /** The runs that this one continues. */
  continues?: EarlierParts;
  /** Continue this series instead of starting one. */
  resumes?: ResumedSeries;
}

/** An interrupted series and its completed runs. */
export interface ResumedSeries {
  id: string;
  /** All seeds that the series was started with; the plan's `seeds` are the remaining ones. */
  requestedSeeds: readonly number[];
  /** Index of its last run. */
  lastIndex: number;
  /** Runs of the whole series. Default: those so far and those of the plan. */
  runCount?: number;
  /** Its runs with a result, interrupted ones included. */
  earlier: readonly RunReport[];
}

/**
 * Validates a request and turns it into a plan.
 *
 * @throws UserError `metric-without-group`, `pattern-invalid`, `pattern-unsupported`, `metric-without-name`, `limit-invalid`,
 * `target-missing`, `metrics-from-invalid`, `max-cost-without-price`, `prepare-invalid`, and what `planTargets` throws
 */
export function planSeries(
  requested: SeriesRequest,
  startable: Startable,
  price: Price | undefined,
  launchTarget: LaunchTarget = { kind: "local" },
): SeriesPlan {
  const given = requested.metrics.map((text) => compileMetric(text, "--metric"));
  const targets = planTargets(requested);
  const metrics = withTargetMetrics(given, targets, startable);
  if (targets.target === undefined && metrics.length > 0) throw targetMissing(metrics);
  checkMetricsFrom(requested.metricsFrom ?? [], metrics);
  const limits = readLimits(requested);
  if (limits.maxCostUsd !== undefined && price === undefined) {
    throw new UserError("max-cost-without-price", "`--max-cost` requires a price", {
      hint: "specify the price per hour, `--price 12.29/h`, or a catalog entry, `--price aws/p4d.24xlarge`",
    });
  }
  return {
    startable,
    launchTarget,
    reading: readingOf(requested, metrics),
    ...targets,
    stopAtTarget: requested.stopAtTarget,
    keepOnNan: requested.keepOnNan === true,
    ...(requested.observe === "none" ? { observe: "none" } : {}),
    keepGoing: requested.keepGoing === true,
    warmupCount: requested.warmup ?? 0,
    retries: requested.retries ?? 0,
    ...(requested.prepare === undefined ? {} : { prepare: readPrepare(requested.prepare) }),
    limits,
    price,
    seeds: Array.from({ length: requested.runs }, (_, index) => requested.seed + index),
  };
}

/** A command that is all blanks would run nothing. */
function readPrepare(text: string): string {
  if (text.trim() !== "" && !text.includes("\0")) return text;
  throw new UserError("prepare-invalid", "the command of `--prepare` is empty", {
    at: "--prepare",
    hint: "give a shell command, for example `--prepare 'rm -rf checkpoints'`",
  });
}

/**
 * Parses a metric as the user wrote it: its name, or a pattern whose first group is its number.
 *
 * @throws UserError for a pattern that can't be compiled, has no group, or names no metric
 */
export function compileMetric(text: string, option: string): WantedMetric {
  if (isMetricName(text)) return { kind: "name", metric: text.trim() };
  const parsed = parseMetricPattern(text);
  switch (parsed.kind) {
    case "pattern":
      return { kind: "pattern", ...parsed.pattern };
    case "unsupported":
      throw patternUnsupported(option, text, parsed.construct);
    case "invalid":
      throw patternInvalid(option, text, parsed.reason);
    case "no-group":
      throw new UserError(
        "metric-without-group",
        `the metric pattern \`${text}\` has no capture group for the number`,
        {
          at: option,
          hint: `put the number in parentheses: \`${option} '${withGroup(text)}'\``,
        },
      );
    case "no-name":
      throw new UserError(
        "metric-without-name",
        `the metric pattern \`${text}\` has no metric name`,
        {
          at: option,
          hint: `name the group: \`${option} '(?<val_acc>\\S+)'\``,
        },
      );
  }
}

/** @throws UserError `pattern-invalid`, `pattern-unsupported` */
export function compileLine(text: string, option: string): LinearPattern {
  const parsed = parseLinearPattern(text);
  switch (parsed.kind) {
    case "pattern":
      return parsed.pattern;
    case "unsupported":
      throw patternUnsupported(option, text, parsed.construct);
    case "invalid":
      throw patternInvalid(option, text, parsed.reason);
  }
}

function patternInvalid(option: string, text: string, reason: string): UserError {
  return new UserError("pattern-invalid", `invalid regular expression \`${text}\``, {
    at: option,
    saw: reason,
    hint: "escape literal brackets: `\\[`, `\\(`",
  });
}

function patternUnsupported(
  option: string,
  text: string,
  construct: "lookaround" | "backreference",
): UserError {
  const what = construct === "lookaround" ? "lookahead or lookbehind" : "a backreference";
  return new UserError("pattern-unsupported", `the pattern \`${text}\` uses ${what}`, {
    at: option,
    hint: "Pitwall matches in linear time, which excludes lookaround and backreferences; match the surrounding text instead: `val_acc=(\\S+) `",
  });
}

function withGroup(text: string): string {
  const bare = /\[0-9[^\]]*\][+*]?|\\d[+*]?|\\S[+*]?/u.exec(text)?.[0];
  return bare === undefined ? `${text}([0-9.]+)` : text.replace(bare, `(${bare})`);
}

function targetMissing(metrics: readonly WantedMetric[]): UserError {
  const metric = metrics[0]?.metric ?? "val_acc";
  return new UserError(
    "target-missing",
    `\`--metric\` reads \`${metric}\`, but \`--target\` is missing`,
    {
      hint: `specify the quality to reach, for example \`--target '${metric}>=0.94'\``,
    },
  );
}

function checkMetricsFrom(paths: readonly string[], metrics: readonly WantedMetric[]): void {
  if (paths.some((path) => path.trim() === "" || path.includes("\0"))) {
    throw new UserError("metrics-from-invalid", "`--metrics-from` requires a path", {
      at: "--metrics-from",
      hint: "for example `--metrics-from metrics.csv`, relative to the program's working folder",
    });
  }
  const server = paths.find((path) => /^(?!file:|sqlite:)[a-z][\w+.-]*:\/\//iu.test(path));
  if (server !== undefined) {
    throw new UserError("metrics-from-invalid", "`--metrics-from` cannot read from a server", {
      at: `--metrics-from ${server}`,
      hint: "specify a file or folder that the program writes, such as `mlflow.db` or `mlruns`",
    });
  }
  if (paths.length === 0 || metrics.length > 0) return;
  throw new UserError("target-missing", "`--metrics-from` requires `--target`", {
    hint: "specify the metric to read and the quality to reach, for example `--target 'val_acc>=0.94'`",
  });
}

/** The path in an MLflow tracking URI such as `sqlite:///mlflow.db` or `file:mlruns`; any other path as it is. */
function pathOfStore(path: string): string {
  return path.replace(/^sqlite:\/\/\//u, "").replace(/^file:(?:\/\/)?/u, "");
}

function readLimits(requested: SeriesRequest): RunLimits {
  const maxTimeMs = quantity(
    requested.maxTime,
    "--max-time",
    parseDurationMs,
    "`20m`, `90s`, `1h30m`",
  );
  const maxCostUsd = quantity(requested.maxCost, "--max-cost", parseUsd, "`5usd`, `$0.50`");
  const maxSamples = quantity(requested.maxSamples, "--max-samples", parseCount, "`50000`, `1.5M`");
  return {
    ...(maxTimeMs === undefined ? {} : { maxTimeMs }),
    ...(maxCostUsd === undefined ? {} : { maxCostUsd }),
    ...(maxSamples === undefined ? {} : { maxSamples }),
  };
}

function quantity(
  text: string | undefined,
  option: string,
  parse: (text: string) => number | undefined,
  examples: string,
): number | undefined {
  if (text === undefined) return undefined;
  const value = parse(text);
  if (value !== undefined && value > 0) return value;
  throw new UserError("limit-invalid", `invalid limit \`${text}\`; it must be above zero`, {
    at: option,
    hint: `for example ${examples}`,
  });
}

function readingOf(requested: SeriesRequest, metrics: readonly WantedMetric[]): OutputReading {
  const { metricsFrom = [] } = requested;
  if (requested.samples !== undefined) compileMetric(requested.samples, "--samples");
  if (requested.clock !== undefined) compileMetric(requested.clock, "--clock");
  if (requested.clockStart !== undefined) compileLine(requested.clockStart, "--clock-start");
  return {
    metrics: metrics.map((wanted) => ({
      metric: wanted.metric,
      ...(wanted.kind === "pattern" ? { pattern: wanted.pattern } : {}),
    })),
    ...(requested.samples === undefined ? {} : { samplesPattern: requested.samples }),
    ...(requested.clockStart === undefined ? {} : { clockStartPattern: requested.clockStart }),
    ...(requested.clock === undefined ? {} : { programClock: requested.clock }),
    ...(metricsFrom.length === 0 ? {} : { metricsFrom: metricsFrom.map(pathOfStore) }),
  };
}
