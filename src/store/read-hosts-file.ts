import { UserError } from "../foundation/errors/user-error.ts";
import { hostsFile, type HostsFile } from "../schema/run/hosts/hosts-file.ts";
import { describeRefusal, readText } from "./open-file.ts";
import { type FileKind, parseSettings } from "./read-workload-file.ts";

const hostsKind: FileKind<HostsFile> = {
  schema: hostsFile,
  keys: Object.keys(hostsFile.shape),
  noun: "file of hosts",
  errorCode: "hosts-invalid",
  hint: "for example `hosts: [node1, node2]`, or entries with `host`, `user`, `port`, `ranks`, `address`, `switch`",
};

/**
 * Reads the hosts of a YAML (or JSON) file.
 *
 * @throws UserError `hosts-unreadable`, `yaml-broken`, `hosts-invalid`
 */
export async function readHostsFile(path: string, name: string): Promise<HostsFile> {
  const read = await readText(path, { followsLinks: true });
  if (read.kind === "read") return parseSettings(read.text, name, hostsKind);
  throw new UserError("hosts-unreadable", `cannot read the hosts in \`${name}\``, {
    at: "--hosts",
    saw: describeRefusal(read),
    hint: "give a YAML file, names separated by commas, or a pattern of your ssh configuration: `node*`",
  });
}
