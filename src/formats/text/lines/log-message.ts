import { isJsonObject, type JsonValue } from "../../../foundation/json.ts";
import { parsePythonJson } from "../../json/parse-python-json.ts";

const messageKeys = ["msg", "message", "log", "text", "event"];
const mayHaveMessage = new RegExp(String.raw`"(?:${messageKeys.join("|")})"\s*:\s*"`, "u");
const timeKey = /^@?(?:time(?:stamp)?|ts|asctime|datetime|date)$/iu;
/** Fields that loggers and containers add to each line. */
const loggerKey =
  /^(?:level(?:no|name)?|severity|logger(?:name)?|caller|file(?:name)?|path(?:name)?|line(?:no)?|func(?:tion|name)?|module|pid|tid|process(?:name)?|thread(?:name)?|taskname|host(?:name)?|stream|created|msecs|relativecreated|stack_info|exc_info|version|service)$/iu;

/**
 * The message of a line that a logger or a container runtime wrote as JSON, with its time before it:
 * `{"level": "info", "msg": "epoch=3 acc=0.9"}` is read as `epoch=3 acc=0.9`. Fields of the program's own stay after it. Other lines
 * stay as they are, also those whose only numbers are in fields of the program: `{"message": "evaluated", "acc": 0.9}`.
 */
export function loggedMessage(line: string): string {
  if (!line.startsWith("{") || !mayHaveMessage.test(line)) return line;
  const entry = parsePythonJson(line);
  if (!isJsonObject(entry)) return line;
  const key = messageKeys.find((each) => typeof entry[each] === "string");
  const message = entry[key ?? ""];
  if (key === undefined || typeof message !== "string") return line;
  const fields = Object.entries(entry).filter(([name]) => name !== key && !loggerKey.test(name));
  const own = fields.filter(([name]) => !timeKey.test(name));
  const hasOwn = own.some(([, value]) => typeof value !== "string" && value !== null);
  if (hasOwn && !/\d/u.test(message)) return line;
  const time = timeText(fields.find(([name]) => timeKey.test(name))?.[1]);
  const text = `${time}${message.trimEnd().replaceAll(/\s*\n\s*/gu, " ")}`;
  return hasOwn ? `${text} ${JSON.stringify(Object.fromEntries(own))}` : text;
}

/** Smaller numbers are no times since the epoch: 10 ** 9 seconds are in 2001. */
const minimumSeconds = 1e9;
/** Larger ones are in milliseconds. */
const maximumSeconds = 1e11;

function timeText(value: JsonValue | undefined): string {
  if (typeof value === "string") return `${value} `;
  const isTime = typeof value === "number" && value >= minimumSeconds && value < 1e15;
  if (!isTime) return "";
  return `${new Date(value < maximumSeconds ? value * 1000 : value).toISOString()} `;
}
