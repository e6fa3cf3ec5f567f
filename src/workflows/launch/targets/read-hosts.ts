import { homedir } from "node:os";
import { dirname, resolve } from "node:path";
import { UserError } from "../../../foundation/errors/user-error.ts";
import { hostName } from "../../../schema/run/hosts/host.ts";
import type { HostsFile } from "../../../schema/run/hosts/hosts-file.ts";
import type { SshHost } from "../../../schema/run/hosts/launch-target.ts";
import { readText } from "../../../store/open-file.ts";

/**
 * The hosts of `--hosts`: a YAML file, names separated by commas (`node1,user@node2:8`, where `:8` is the number of
 * ranks), or a pattern of names in the ssh configuration (`node*`).
 *
 * @throws UserError `hosts-missing`, `hosts-unreadable`, `hosts-invalid`, `hosts-unmatched`, `host-repeated`, `yaml-broken`
 */
export async function readHosts(
  text: string | undefined,
  { cwd, sshConfig }: { cwd: string; sshConfig: string | undefined },
): Promise<SshHost[]> {
  if (text === undefined || text.trim() === "") {
    throw new UserError("hosts-missing", "`--on ssh` requires `--hosts`", {
      hint: "`--hosts node1,node2`, `--hosts hosts.yaml`, or a pattern of your ssh configuration: `--hosts 'node*'`",
    });
  }
  const hosts = await hostsIn(text.trim(), { cwd, sshConfig });
  const names = hosts.map(({ name }) => name);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated === undefined) return hosts;
  throw new UserError("host-repeated", `the host \`${repeated}\` is listed twice`, {
    at: "--hosts",
    hint: "list each host once; for several ranks on it use `--nproc 2` or `:2` after its name",
  });
}

async function hostsIn(
  text: string,
  { cwd, sshConfig }: { cwd: string; sshConfig: string | undefined },
): Promise<SshHost[]> {
  if (/\.(?:ya?ml|json)$/u.test(text)) {
    const { readHostsFile } = await import("../../../store/read-hosts-file.ts");
    const { hosts } = await readHostsFile(resolve(cwd, text), text);
    return hosts.map((entry) => (typeof entry === "string" ? parseHost(entry) : entryHost(entry)));
  }
  if (/[*?]/u.test(text)) {
    const path =
      sshConfig === undefined ? resolve(homedir(), ".ssh/config") : resolve(cwd, sshConfig);
    return matchingHosts(text, path);
  }
  return text.split(",").map((part) => parseHost(part.trim()));
}

type Entry = Exclude<HostsFile["hosts"][number], string>;

function entryHost({ host, user, port, ranks, address, switch: networkSwitch }: Entry): SshHost {
  return {
    name: nameOf(host),
    destination: user === undefined ? host : `${user}@${host}`,
    ...(port === undefined ? {} : { port }),
    ...(ranks === undefined ? {} : { ranks }),
    ...(address === undefined ? {} : { address }),
    ...(networkSwitch === undefined ? {} : { switch: networkSwitch }),
  };
}

function parseHost(text: string): SshHost {
  const found = /^((?:[^@\s:]+@)?([^@\s:]+))(?::(\d{1,4}))?$/u.exec(text);
  const [, destination = "", host = "", ranks] = found ?? [];
  if (found === null || Number(ranks) === 0) throw invalidHost(text);
  return {
    name: nameOf(host),
    destination,
    ...(ranks === undefined ? {} : { ranks: Number(ranks) }),
  };
}

function nameOf(host: string): string {
  // ssh would read a leading dash as an option.
  if (hostName.safeParse(host).success) return host;
  throw invalidHost(host);
}

function invalidHost(text: string): UserError {
  return new UserError("hosts-invalid", `invalid host \`${text}\``, {
    at: "--hosts",
    hint: "for example `--hosts node1,user@node2:8`, where `:8` is the number of ranks on it",
  });
}

async function matchingHosts(pattern: string, configPath: string): Promise<SshHost[]> {
  const names = await configuredHosts(configPath, 0);
  const matched = names.filter((name) => matches(name, pattern));
  if (matched.length > 0) return matched.map((name) => ({ name: nameOf(name), destination: name }));
  throw new UserError(
    "hosts-unmatched",
    `no host of the ssh configuration matches \`${pattern}\``,
    {
      at: configPath,
      saw: names.length === 0 ? "it names no host" : `its hosts: ${names.slice(0, 20).join(", ")}`,
      hint: "list the hosts instead: `--hosts node1,node2`",
    },
  );
}

const deepestInclude = 8;

/** The names on `Host` lines of an ssh configuration and the files that it includes, without patterns. */
async function configuredHosts(path: string, depth: number): Promise<string[]> {
  const read = await readText(path, { followsLinks: true });
  if (read.kind !== "read") return [];
  const names: string[] = [];
  for (const line of read.text.split(/\r?\n/u)) {
    const [, keyword = "", rest = ""] = /^\s*(\w+)[\s=]+(.*?)\s*$/u.exec(line) ?? [];
    const words = rest.split(/\s+/u).map((word) => word.replaceAll('"', ""));
    if (keyword.toLowerCase() === "host")
      names.push(...words.filter((word) => !/[*?!]/u.test(word)));
    if (keyword.toLowerCase() !== "include" || depth >= deepestInclude) continue;
    for (const word of words.filter((each) => !/[*?]/u.test(each))) {
      const home = word.replace(/^~(?=\/)/u, homedir());
      names.push(...(await configuredHosts(resolve(dirname(path), home), depth + 1)));
    }
  }
  return [...new Set(names)];
}

/** Whether a name matches a pattern of `*` and `?`, in linear time. */
function matches(name: string, pattern: string): boolean {
  let [at, star, mark] = [0, -1, 0];
  let index = 0;
  while (at < name.length) {
    if (pattern[index] === "?" || pattern[index] === name[at]) [at, index] = [at + 1, index + 1];
    else if (pattern[index] === "*") [star, mark, index] = [index++, at, star + 1];
    else if (star >= 0) [index, at] = [star + 1, ++mark];
    else return false;
  }
  while (pattern[index] === "*") index++;
  return index === pattern.length;
}
