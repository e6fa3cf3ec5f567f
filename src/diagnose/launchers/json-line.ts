import { isJsonObject, type JsonObject } from "../../foundation/json.ts";

/** What a logger that prints JSON says in one line. */
export interface JsonLine {
  rank: number | undefined;
  /** The lines of its messages; the whole line if it has none that spans lines. */
  texts: readonly string[];
}

const rankKeys =
  "rank global_rank process_rank process_index worker_rank world_rank rank_id worker worker_id replica replica_id trainer_id task_index".split(
    " ",
  );
const levelKeys = ["level", "levelname", "severity", "lvl"];
const mildLevel = /^(?:info|debug|warn)/iu;

/** @param isTelling whether a message has to be looked at by itself */
export function readJsonLine(
  text: string,
  isTelling: (message: string) => boolean,
): JsonLine | undefined {
  const value = parse(text);
  if (value === undefined) return undefined;
  const messages = Object.entries(value).flatMap(([key, each]) =>
    typeof each === "string" &&
    !levelKeys.includes(key) &&
    (each.trimEnd().includes("\n") || isTelling(each))
      ? [each]
      : [],
  );
  const level = levelKeys.map((key) => value[key]).find((each) => typeof each === "string");
  const prefix =
    typeof level === "string" && mildLevel.test(level) ? `${level.toUpperCase()} ` : "";
  const lists = listsIn(value);
  const texts = messages
    .flatMap((each) => each.split("\n"))
    .map((each) => prefix + each + (lists !== "" && isTelling(each) ? lists : ""));
  const all = [...texts, ...recordsIn(value)];
  return { rank: rankIn(value), texts: all.length === 0 ? [text] : all };
}

/** Fields beside the message may name the ranks that it is about: `missing_ranks=[5]`. */
function listsIn(value: JsonObject): string {
  const lists = Object.entries(value).filter(
    ([, each]) => Array.isArray(each) && each.length > 0 && each.every(Number.isSafeInteger),
  );
  return lists.map(([key, each]) => ` ${key}=${JSON.stringify(each)}`).join("");
}

const stateKey = /exit|signal|reason|status|state|phase|error|code|event|result|message/iu;

/** What objects say about ranks that they name, `rank=2 exit_code=137 reason=OOMKilled`, at any depth. */
export function recordsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => recordsIn(each));
  if (!isJsonObject(value)) return [];
  const inner = Object.values(value).flatMap((each) =>
    typeof each === "object" ? recordsIn(each) : [],
  );
  const rank = rankIn(value);
  if (rank === undefined) return inner;
  const fields = Object.entries(value).flatMap(([key, each]) =>
    isField(each) && stateKey.test(key) ? [`${key}=${String(each).split("\n", 1)[0]}`] : [],
  );
  return fields.length === 0 ? inner : [[`rank=${rank}`, ...fields].join(" "), ...inner];
}

function isField(value: unknown): value is string | number | boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

function rankIn(value: JsonObject): number | undefined {
  for (const key of rankKeys) {
    const found = value[key];
    const rank = typeof found === "string" ? Number(/(\d{1,5})$/u.exec(found)?.[1] ?? "x") : found;
    if (typeof rank === "number" && Number.isSafeInteger(rank) && rank >= 0) return rank;
  }
  return undefined;
}

function parse(text: string): JsonObject | undefined {
  if (!text.startsWith("{") || !text.trimEnd().endsWith("}")) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    // A line of another language, or NaN in it, which JSON does not have.
    return undefined;
  }
}
