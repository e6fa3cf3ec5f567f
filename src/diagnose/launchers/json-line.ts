import { isJsonObject, type JsonObject } from "../../foundation/json.ts";

/** What a logger that prints JSON says in one line. */
export interface JsonLine {
  rank: number | undefined;
  /** The lines of its messages; the whole line if it has none that spans lines. */
  texts: readonly string[];
}

const rankKeys = ["rank", "global_rank", "process_rank", "process_index", "worker_rank"];
const levelKeys = ["level", "levelname", "severity", "lvl"];
const mildLevel = /^(?:info|debug|warn)/iu;

/** @param isTelling whether a message has to be looked at by itself */
export function readJsonLine(
  text: string,
  isTelling: (message: string) => boolean,
): JsonLine | undefined {
  const value = parse(text);
  if (value === undefined) return undefined;
  const messages = Object.values(value).filter(
    (each): each is string =>
      typeof each === "string" && (each.trimEnd().includes("\n") || isTelling(each)),
  );
  const level = levelKeys.map((key) => value[key]).find((each) => typeof each === "string");
  const prefix =
    typeof level === "string" && mildLevel.test(level) ? `${level.toUpperCase()} ` : "";
  const texts = messages.flatMap((each) => each.split("\n")).map((each) => prefix + each);
  return { rank: rankIn(value), texts: texts.length === 0 ? [text] : texts };
}

function rankIn(value: JsonObject): number | undefined {
  const rank = rankKeys.map((key) => value[key]).find((each) => Number.isSafeInteger(each));
  return typeof rank === "number" && rank >= 0 ? rank : undefined;
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
