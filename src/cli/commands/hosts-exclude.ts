import { parseDurationMs } from "../../foundation/numbers/units.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import { hostName } from "../../schema/run/hosts/host.ts";
import { exclusionScopes, type HostExclusion } from "../../schema/run/hosts/host-exclusion.ts";
import type { Allowed } from "../../workflows/control/exclude-hosts.ts";
import { type Call, defineCommand, exitCodes } from "../command-table.ts";
import { homeOf } from "../open-store.ts";

const on = {
  takes: "choice",
  choices: exclusionScopes,
  default: "ssh",
  group: "Where",
  help: "whose name it is: of your ssh configuration, also for mpirun, or of Slurm",
} as const;

const hostArgument = [{ name: "host", help: "its name in records and messages" }] as const;

export const hostsExcludeCommand = defineCommand({
  name: "hosts exclude",
  summary: "Leave a host out of later runs",
  usage: "<host> [--reason <text>]",
  arguments: hostArgument,
  argumentCount: { minimum: 1, maximum: 1 },
  takesProgram: false,
  examples: [
    {
      command: "pitwall hosts exclude node7 --reason 'ECC errors' --for 3d",
      does: "runs do not use node7 for three days",
    },
  ],
  options: {
    on,
    reason: {
      takes: "text",
      placeholder: "text",
      group: "What",
      help: "why; shown when a run leaves the host out [excluded by hand]",
    },
    for: {
      takes: "text",
      placeholder: "duration",
      group: "What",
      help: "how long, `12h`; default: until `pitwall hosts allow`",
    },
  },
  exits: [{ code: 0, when: "the host is excluded" }],
  async act({ arguments: [text = ""], options, face, shared }) {
    const host = checkedHost(text);
    const { addExclusionEntry } = await import("../../store/excluded-hosts.ts");
    const excludedMs = face.nowMs();
    const forMs = durationOf(options.for);
    const exclusion = {
      host,
      scope: scopeOf(options.on),
      reason: options.reason ?? "excluded by hand",
      by: "user" as const,
      excludedMs,
      ...(forMs === undefined ? {} : { expiresMs: excludedMs + forMs }),
    };
    await addExclusionEntry(await homeOf(face, shared), { kind: "exclude", ...exclusion });
    if (shared.json) {
      const { writeJson } = await import("../terminal/atlas-screen.ts");
      writeJson(face, "hosts exclude", exclusion);
    } else face.out.print(`${face.out.paint.name(host)}: excluded\n`);
    return exitCodes.yes;
  },
});

export const hostsAllowCommand = defineCommand({
  name: "hosts allow",
  summary: "Test an excluded host, and use it again",
  usage: "<host>",
  arguments: hostArgument,
  argumentCount: { minimum: 1, maximum: 1 },
  takesProgram: false,
  examples: [
    {
      command: "pitwall hosts allow node7",
      does: "use node7 again if `hosts check` finds nothing",
    },
  ],
  options: {
    on,
    sshConfig: {
      takes: "text",
      placeholder: "file",
      group: "Where",
      help: "configuration of ssh; default: your own",
    },
    python: {
      takes: "text",
      placeholder: "program",
      default: "python3",
      group: "What",
      help: "the Python that the training uses on the host",
    },
    partition: {
      takes: "text",
      placeholder: "name",
      group: "Where",
      help: "Slurm partition to test a node in [that of the cluster]",
    },
    account: {
      takes: "text",
      placeholder: "name",
      group: "Where",
      help: "Slurm account of the test",
    },
    gres: {
      takes: "text",
      placeholder: "resources",
      group: "Where",
      help: "`gpu:8`: tests the GPUs of a node of Slurm too",
    },
    untested: { takes: "nothing", group: "What", help: "use it without a test" },
  },
  exits: [
    { code: 0, when: "later runs use the host" },
    { code: 1, when: "its test failed; it stays excluded" },
    { code: 2, when: "the host is not excluded" },
  ],
  async act({ arguments: [text = ""], options, face, shared }) {
    const host = checkedHost(text);
    const { allowHost } = await import("../../workflows/control/exclude-hosts.ts");
    const { checkHosts } = await import("../../workflows/control/check-hosts.ts");
    const { openStore } = await import("../open-store.ts");
    const scope = scopeOf(options.on);
    const { sshConfig, python } = options;
    const store = await openStore(face, shared);
    const means = { nowMs: () => face.nowMs(), env: face.env, store };
    const test = async () => {
      if (scope === "ssh")
        return checkHosts({ hosts: host, sshConfig, python, cwd: face.cwd }, means);
      const { checkNode } = await import("../../workflows/control/check-node.ts");
      const place = { partition: options.partition, account: options.account, gres: options.gres };
      return checkNode(host, { place, python, env: face.env });
    };
    const check = options.untested ? undefined : test;
    const given = { check, nowMs: face.nowMs() };
    const allowed = await allowHost(await homeOf(face, shared), { host, scope }, given);
    if (allowed.kind === "not-excluded")
      throw new UserError("host-not-excluded", `\`${host}\` is not excluded`, {
        hint: "`pitwall hosts list` lists the excluded hosts",
      });
    await printAllowed({ host, scope }, allowed, { face, shared });
    return allowed.kind === "failed" ? exitCodes.no : exitCodes.yes;
  },
});

async function printAllowed(
  { host, scope }: Pick<HostExclusion, "host" | "scope">,
  allowed: Exclude<Allowed, { kind: "not-excluded" }>,
  { face, shared }: Pick<Call, "face" | "shared">,
): Promise<void> {
  const isAllowed = allowed.kind === "allowed";
  const tested = allowed.kind === "failed" || allowed.tested;
  const findings = allowed.kind === "failed" ? allowed.findings : [];
  if (shared.json) {
    const { writeJson } = await import("../terminal/atlas-screen.ts");
    writeJson(face, "hosts allow", { host, scope, isAllowed, tested, findings });
    return;
  }
  const { paint } = face.out;
  const state = isAllowed ? "used again" : paint.warn("still excluded");
  face.out.print(`${paint.name(host)}: ${state}${tested ? "" : ", without a test"}\n`);
  for (const { message, hint } of findings) face.out.print(`  ${message}\n  hint: ${hint}\n`);
}

export const hostsListCommand = defineCommand({
  name: "hosts list",
  summary: "List the hosts that runs leave out, and why",
  usage: "",
  arguments: [],
  argumentCount: { minimum: 0, maximum: 0 },
  takesProgram: false,
  examples: [{ command: "pitwall hosts list", does: "excluded hosts, with reason and end" }],
  options: {},
  exits: [{ code: 0, when: "the list is printed, also if it is empty" }],
  async act({ face, shared }) {
    const { readExclusions } = await import("../../store/excluded-hosts.ts");
    const hosts = await readExclusions(await homeOf(face, shared));
    if (shared.json) {
      const { writeJson } = await import("../terminal/atlas-screen.ts");
      writeJson(face, "hosts list", { hosts });
      return exitCodes.yes;
    }
    const { excludedHostsText } = await import("../../report/excluded-hosts-text.ts");
    face.out.print(excludedHostsText(hosts, face.nowMs(), face.out.paint));
    return exitCodes.yes;
  },
});

function scopeOf(text: string): (typeof exclusionScopes)[number] {
  return text === "slurm" ? "slurm" : "ssh";
}

function checkedHost(text: string): string {
  const parsed = hostName.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new UserError("host-invalid", `invalid host \`${text}\``, {
    hint: "use the name that `pitwall show` and messages use",
  });
}

function durationOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const timeMs = parseDurationMs(text);
  if (timeMs !== undefined && timeMs > 0) return timeMs;
  throw new UserError("duration-invalid", `invalid duration \`${text}\` for \`--for\``, {
    hint: "use for example `12h` or `3d`",
  });
}
