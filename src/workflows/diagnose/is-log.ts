import { isTableOfRun } from "../../diagnose/tables/printed-table.ts";

/** Whether a file with this name is a log, whatever it holds. */
export function hasLogName(name: string): boolean {
  return /\.(?:log|txt|out|err)(?:\.\d+)?$|(?:^|\/)(?:stdout|stderr|out|err)\.\d+$/iu.test(name);
}

/** Programs, settings and documents, which mention errors without having seen one. */
const notLogs =
  /\.(?:py[cix]?|ipynb|sh|bash|c|cc|cpp|h|hpp|cu|cuh|js|mjs|ts|go|rs|java|jl|lua|r|sql|md|rst|tex|html?|css|xml|svg|ini|cfg|conf|toml|env|lock|patch|diff|proto|jinja2?|j2|tmpl|parquet|bin|pt|pth|ckpt|safetensors|npz?|pkl)$/iu;
/** Such documents are read if they state what became of containers or jobs: `kubectl get -o yaml`, `docker inspect`. */
const document = /\.(?:ya?ml|json)$/iu;
const states =
  /"?(?:OOMKilled|exit_?code|exit_?status|containerStatuses|conditions|statusReason|StatusReason)"?\s*:|"(?:global_|world_)?rank"\s*:|"\w*(?:Status|StatusMessage|failureReason|methodName)"\s*:/iu;

/** Tables of the values of steps, as loggers write them. */
export function isTable(name: string): boolean {
  return /\.[ct]sv$/iu.test(name);
}

/** Whether the ranks of a file with this name are to be looked for. */
export function mayBeLog(name: string): boolean {
  return hasLogName(name) || !notLogs.test(name);
}

/** Whether a file that is neither a dump nor a stack is read like a log: programs and people give logs any name. */
export function isLogText(name: string, bytes: Uint8Array): boolean {
  if (!mayBeLog(name) || bytes.subarray(0, 8192).includes(0)) return false;
  if (isTable(name)) return isTableOfRun(Buffer.from(bytes).toString("utf8"));
  if (!document.test(name)) return true;
  const text = Buffer.from(bytes).toString("utf8");
  return isJsonLines(text) || states.test(text);
}

function isJsonLines(text: string): boolean {
  const [first = "", second = ""] = text.split("\n", 2);
  return first.startsWith("{") && first.endsWith("}") && second.startsWith("{");
}
