import { type Call, type Command, defineCommand, exitCodes } from "../command-table.ts";

const options = {
  hosts: {
    takes: "text",
    placeholder: "list",
    group: "Where",
    help: "hosts as for `pitwall run`: names with commas, a YAML file, or a pattern of your ssh configuration",
  },
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
    help: "the Python that the training uses on the hosts",
  },
} as const;

export const hostsCheckCommand = checkCommand("hosts check");
export const preflightCommand = checkCommand("preflight");

function checkCommand(name: "hosts check" | "preflight"): Command {
  return defineCommand({
    name,
    summary:
      name === "preflight"
        ? "The same as `hosts check`"
        : "Check hosts and their network before a job runs there",
    usage: "--hosts <list>",
    arguments: [],
    argumentCount: { minimum: 0, maximum: 0 },
    takesProgram: false,
    examples: [
      {
        command: `pitwall ${name} --hosts node1,node2`,
        does: "versions, GPUs, clocks, disks, limits, and the network between all pairs",
      },
      {
        command: `pitwall ${name} --hosts hosts.yaml --python /opt/venv/bin/python`,
        does: "with the interpreter of the training",
      },
    ],
    options,
    exits: [
      { code: 0, when: "nothing would break a job" },
      { code: 1, when: "something would" },
    ],
    act: (call) => act(name, call),
  });
}

async function act(
  name: string,
  { options: { hosts, sshConfig, python }, face, shared }: Call<typeof options>,
): Promise<number> {
  const { checkHosts } = await import("../../workflows/control/check-hosts.ts");
  const request = { hosts, sshConfig, python, cwd: face.cwd };
  const { openStore } = await import("../open-store.ts");
  const store = await openStore(face, shared);
  const means = { nowMs: () => face.nowMs(), env: face.env, store };
  const checked = await checkHosts(request, means);
  if (shared.json) {
    const { writeJson } = await import("../terminal/atlas-screen.ts");
    writeJson(face, name, checked);
  } else {
    const { hostsCheckPage } = await import("../../report/hosts-check-page.ts");
    const { gpuText } = await import("../../score/hosts/judge-hosts.ts");
    const page = hostsCheckPage(checked, ({ facts }) => gpuText(facts.gpus), face.out.paint);
    face.out.print(`${page}\n`);
  }
  const isBroken = checked.findings.some(({ weight }) => weight === "breaks");
  return isBroken ? exitCodes.no : exitCodes.yes;
}
