import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import { UserError } from "../../../foundation/errors/user-error.ts";
import type { DataRequest } from "../../../schema/run/request/data-set.ts";
import type { LaunchTarget } from "../../../schema/run/hosts/launch-target.ts";

/**
 * The data that a run needs, from texts of the form `<source>[#sha256=<checksum>][=<path>]`.
 *
 * @param cwd sources of this machine are relative to it
 * @throws UserError `data-invalid`, `data-path-relative`, `data-checksum-invalid`, `data-twice`, `data-missing`, `data-unsupported`
 */
export function planData(
  texts: readonly string[],
  { kind }: Pick<LaunchTarget, "kind">,
  cwd: string,
): DataRequest[] {
  const [first] = texts;
  if (first === undefined) return [];
  if (kind === "simulated") throw unsupported(kind);
  const requests = texts.map((text) => parseData(text, cwd));
  const names = requests.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return requests;
  throw new UserError("data-twice", `two data sets have the name \`${twice}\``, {
    at: "--data",
    hint: "the name is that of the file or folder without its extension; rename one of them",
  });
}

function parseData(text: string, cwd: string): DataRequest {
  const { source: given, path } = split(text, cwd);
  const { source, sha256 } = withChecksum(given);
  if (source === "" || text.includes("\0")) throw invalid(text);
  if (path !== undefined && !/^(?:\/|~\/)./u.test(path)) throw relativePath(path);
  const place = placeOf(source, cwd);
  return {
    name: nameOf(source),
    source: place,
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(path === undefined ? {} : { path }),
  };
}

/** The path follows the last `=`, unless that belongs to the address or the checksum. */
function split(text: string, cwd: string): { source: string; path: string | undefined } {
  const withPath = /^(?<source>.+?(?:#sha256=[^=]*)?)=(?<path>[^=]*)$/u.exec(text)?.groups;
  const [source, path] = [withPath?.["source"], withPath?.["path"]];
  if (source === undefined || path === undefined || source.endsWith("#sha256"))
    return { source: text, path: undefined };
  const isQuery = isAddress(text) && !/^[~/]/u.test(path);
  return isQuery || existsSync(resolve(cwd, text))
    ? { source: text, path: undefined }
    : { source, path };
}

function withChecksum(text: string): { source: string; sha256: string | undefined } {
  const [, source = text, checksum] = /^(.+)#sha256=(.*)$/u.exec(text) ?? [];
  if (checksum === undefined) return { source: text, sha256: undefined };
  const sha256 = checksum.toLowerCase();
  if (/^[0-9a-f]{64}$/u.test(sha256)) return { source, sha256 };
  throw new UserError("data-checksum-invalid", `invalid checksum \`${checksum}\``, {
    at: "--data",
    hint: "`#sha256=` and 64 hexadecimal digits, as sha256sum prints them",
  });
}

function isAddress(text: string): boolean {
  return /^https?:\/\//iu.test(text);
}

/** A path of this machine becomes absolute; addresses and `host:path` stay. */
function placeOf(source: string, cwd: string): string {
  if (isAddress(source)) {
    if (URL.canParse(source)) return source;
    throw invalid(source);
  }
  const path = resolve(cwd, source);
  if (existsSync(path)) return path;
  if (/^[a-z][\w+.-]*:\/\//iu.test(source)) throw invalid(source);
  if (/^(?:[\w.-]+@)?[\w.-]+:[^:]+$/u.test(source)) return source;
  throw new UserError("data-missing", `no data at \`${source}\``, {
    at: "--data",
    hint: "a file or folder of this machine, `host:path`, or an address: `https://…`",
  });
}

/** `cifar-10.tar.gz` is `CIFAR_10`. */
function nameOf(source: string): string {
  const path = isAddress(source) ? new URL(source).pathname : source.replace(/^.*:/u, "");
  const bare = basename(path)
    .replace(/^\.+/u, "")
    .replace(/(?:\.[A-Za-z]\w{0,4}){1,2}$/u, "");
  const name = bare
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]+/gu, "_")
    .replaceAll(/^_+|_+$/gu, "");
  return name === "" ? "SET" : name;
}

function invalid(text: string): UserError {
  return new UserError("data-invalid", `invalid data source \`${text}\``, {
    at: "--data",
    hint: "use a file or folder, `host:path`, or an address of http or https: `--data imagenet=/data/imagenet`",
  });
}

function relativePath(path: string): UserError {
  return new UserError("data-path-relative", `invalid path on the hosts \`${path}\``, {
    at: "--data",
    hint: "it must be absolute or start with `~/`; without it, the program finds the data through `PITWALL_DATA`",
  });
}

function unsupported(kind: string): UserError {
  return new UserError("data-unsupported", `\`--data\` is not supported with \`--on ${kind}\``, {
    at: "--data",
    hint: "simulated ranks read no data: remove it",
  });
}
