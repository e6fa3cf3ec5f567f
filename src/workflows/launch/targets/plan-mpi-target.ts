import { shellWords } from "../../../foundation/text/shell-words.ts";
import { UserError } from "../../../foundation/errors/user-error.ts";
import type { LaunchTargetOf, RankPlan } from "../../../schema/run/hosts/launch-target.ts";
import type { LaunchTexts } from "../running/launch-texts.ts";

/** Hosts that ssh reaches, and what is sent there. */
export type PlacesOverSsh = Omit<LaunchTargetOf<"ssh">, "kind" | "ranks">;

/** Options of mpirun that Pitwall sets itself, and what to do instead. One or two hyphens mean the same. */
const refusedOptions: readonly { names: readonly string[]; hint: string }[] = [
  { names: ["n", "np", "c"], hint: "use `--nproc` for the ranks of each host" },
  {
    names: ["host", "hosts", "H", "hostfile", "machinefile", "default-hostfile", "f"],
    hint: "use `--hosts`",
  },
  {
    names: ["map-by", "rank-by", "N", "npernode", "ppn", "perhost", "pernode", "rankfile", "rf"],
    hint: "ranks are numbered host after host; use `--nproc`, or `--hosts node1:4,node2:2`",
  },
  { names: ["wdir", "wd"], hint: "use `--cwd`" },
  {
    names: ["tag-output", "timestamp-output", "output", "output-filename", "prepend-rank", "l"],
    hint: "Pitwall keeps what each rank prints in the record",
  },
  { names: ["app", "configfile"], hint: "give one program after `--`" },
];

/**
 * The MPI target of a request.
 *
 * @param plan `named`: the hosts of `--hosts`; absent for this machine
 * @throws UserError `option-unused`, `mpirun-option-invalid`, `mpirun-option-refused`
 */
export function planMpiTarget(
  texts: LaunchTexts,
  { ranks, named }: { ranks: RankPlan; named: PlacesOverSsh | undefined },
): LaunchTargetOf<"mpi"> {
  if (named === undefined) refuseWithoutHosts(texts);
  const mpirun = (texts.mpirun ?? []).flatMap(wordsOf);
  return {
    kind: "mpi",
    ranks,
    ...named,
    ...(mpirun.length === 0 ? {} : { mpirun }),
  };
}

/** Options that mean nothing on this machine. */
function refuseWithoutHosts(texts: LaunchTexts): void {
  const { sshConfig, setUp, hostTimeout, nodes, sync = [] } = texts;
  const given = {
    "--ssh-config": sshConfig,
    "--set-up": setUp,
    "--host-timeout": hostTimeout,
    "--nodes": nodes,
    "--sync": sync[0],
  };
  const unused = Object.entries(given).find(([, value]) => value !== undefined)?.[0];
  if (unused === undefined) return;
  throw new UserError("option-unused", `\`${unused}\` has no effect without \`--hosts\``, {
    hint: `name the hosts, \`--hosts node1,node2\`, or remove \`${unused}\``,
  });
}

function wordsOf(text: string): string[] {
  const split = shellWords(text);
  if (split.kind !== "words" || !text.trim().startsWith("-")) {
    throw new UserError("mpirun-option-invalid", `\`${text}\` is no option of mpirun`, {
      at: "--mpirun",
      hint: "an option with its values: `--mpirun='--mca btl_tcp_if_include eth0'`",
    });
  }
  for (const word of split.words) refuse(word);
  return split.words;
}

function refuse(word: string): void {
  const [, name] = /^--?([A-Za-z][\w-]*)/u.exec(word) ?? [];
  const refused = refusedOptions.find(({ names }) => name !== undefined && names.includes(name));
  if (refused === undefined) return;
  throw new UserError("mpirun-option-refused", `\`${word}\` is not supported`, {
    at: "--mpirun",
    hint: refused.hint,
  });
}
