import { shellWord } from "../../foundation/shell-word.ts";
import type { LaunchTargetOf } from "../../schema/run/launch-target.ts";

interface ScriptParts {
  run: string;
  target: Omit<LaunchTargetOf<"slurm">, "kind" | "ranks">;
  ranksPerNode: number;
  /** The request of the agents, JSON in one line. */
  job: string;
  /** The text of `agent/pitwall_agent.py`, and the start of its hash. */
  agent: string;
  agentHash: string;
  /** The Python on the nodes that runs the agent. */
  python: string;
  /** The option of srun that asks for no binding to CPUs, if it needs one. */
  cpuBinding: readonly string[];
  /** All nodes of the cluster in the order in which those of the job get their ranks; default: Slurm's own. */
  nodeOrder?: readonly string[] | undefined;
}

/** The name of a run's job in Slurm. */
export function slurmJobName(run: string): string {
  return `pitwall-${run}`;
}

/** The folder of a run's job on a node, without the node's name; relative to the home folder. */
export function jobFolderPrefix(run: string): string {
  return `.pitwall/jobs/${run}`;
}

/** What the script and Slurm print, on the first node; relative to the home folder. */
export function slurmLogPath(run: string): string {
  return `${jobFolderPrefix(run)}.slurm.log`;
}

const endMark = "PITWALL_INPUT_ENDS";

/**
 * The script of a job for sbatch. It needs no shared file system: the agent and its request are part of it, and reach the nodes through
 * the standard input of srun. One task runs per node.
 */
export function slurmScript(parts: ScriptParts): string {
  const { run, target } = parts;
  return `#!/bin/bash
${directives(parts)
  .map((option) => `#SBATCH ${option}`)
  .join("\n")}

# Starts the run ${run} of Pitwall: its agent on each node, which starts the ranks.
set -u
export PITWALL_JOB_STARTED=\${EPOCHREALTIME-}
mkdir -p -m 700 "$HOME/.pitwall" "$HOME/.pitwall/jobs" || exit 1
exec >>"$HOME/"${shellWord(slurmLogPath(run))} 2>&1 </dev/null
${pythonPrefix}${shellWord(parts.python)}
${agentPrefix}${agentPath(parts.agentHash)}
if [ "\${SLURM_RESTART_COUNT:-0}" -gt 0 ]; then
  echo "sh: Slurm has requeued the job, which runs only once"
  exit 1
fi

# This script runs on the first node. The name of the node of rank 0 is its address if it can be resolved.
first=$SLURMD_NODENAME
${orderLines(parts.nodeOrder)}PITWALL_MASTER_ADDRESS=$first
if ! getent hosts "$first" >/dev/null; then
  address=$(timeout 10 scontrol show node "$first" | sed -n 's/.*NodeAddr=\\([^ ]*\\).*/\\1/p')
  PITWALL_MASTER_ADDRESS=\${address:-$first}
fi

# A port below those that the kernel gives to connections. No Python for this: its start would delay the ranks.
free_port() {
  used="$(cat /proc/net/tcp /proc/net/tcp6 2>/dev/null)"
  for attempt in 1 2 3 4 5 6 7 8 9; do
    port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
    printf -v hex ':%04X ' "$port"
    [[ $used == *"$hex"* ]] || break
  done
  echo "$port"
}
PITWALL_MASTER_PORT=$(${portCommand(parts)})
export PITWALL_MASTER_ADDRESS PITWALL_MASTER_PORT

srun --nodes=${target.nodes} --ntasks=${target.nodes} --ntasks-per-node=1 ${stepOptions(parts)} --kill-on-bad-exit=0 \\
  sh -c '
    folder="$HOME/$1.$SLURMD_NODENAME"
    mkdir -p -m 700 "$HOME/.pitwall" "$HOME/.pitwall/agent" "$HOME/.pitwall/jobs" "$folder" || exit 1
    IFS= read -r job && printf "%s" "$job" >"$folder/job.json" || exit 1
    cat >"$folder/agent.py" && mv "$folder/agent.py" "$HOME/$2" || exit 1
    exec "$3" -S "$HOME/$2" slurm "$HOME/$1"
  ' sh ${shellWord(jobFolderPrefix(run))} "$agent" "$python" <<'${endMark}'
${parts.job}
${parts.agent.trimEnd()}
${endMark}
`;
}

const orderPrefix = "order=";
const pythonPrefix = "python=";
const agentPrefix = "agent=";

/** Relative to the home folder. */
function agentPath(hash: string): string {
  return `.pitwall/agent/${hash}.py`;
}

/** Puts the nodes of the job into the order of the topology. */
function orderLines(nodeOrder: ScriptParts["nodeOrder"]): string {
  if (nodeOrder === undefined) return "";
  return `# All nodes in the order of the network: those of the job get their ranks in this order.
${orderPrefix}'${nodeOrder.join(" ")}'
nodes=" $(scontrol show hostnames "$SLURM_JOB_NODELIST" | tr '\\n' ' ')"
PITWALL_NODE_ORDER=
for node in $order; do
  case "$nodes" in *" $node "*) PITWALL_NODE_ORDER="$PITWALL_NODE_ORDER$node " ;; esac
done
export PITWALL_NODE_ORDER
first=\${PITWALL_NODE_ORDER%% *}
`;
}

/** A port is free on the node of rank 0, which need not be that of the script. */
function portCommand(parts: ScriptParts): string {
  if (parts.nodeOrder === undefined) return "free_port";
  const step = `srun --nodes=1 --ntasks=1 ${stepOptions(parts)} --gres=none`;
  return `${step} --nodelist="$first" bash -c "$(declare -f free_port); free_port"`;
}

function stepOptions({ cpuBinding }: ScriptParts): string {
  return ["--overlap", ...cpuBinding, "--mem=0"].join(" ");
}

/** The nodes of a job in the order of its script. */
export function inScriptOrder(hosts: readonly string[], script: string): string[] {
  const order = (variableIn(script, orderPrefix) ?? "").split(" ");
  const places = new Map(order.map((name, index) => [name, index]));
  return hosts.toSorted((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
}

/**
 * The words that start the agent's file on the nodes of a job, as its script states them.
 *
 * @param home the home folder there
 */
export function agentWordsIn(script: string, home: string): string[] | undefined {
  const [python, agent] = [variableIn(script, pythonPrefix), variableIn(script, agentPrefix)];
  return python === undefined || agent === undefined
    ? undefined
    : [...agentStart(python), `${home}/${agent}`];
}

/** The agent needs no packages: Python starts faster without looking for them. */
export function agentStart(python: string): string[] {
  return [python, "-S"];
}

function variableIn(script: string, prefix: string): string | undefined {
  const line = script.split("\n").find((each) => each.startsWith(prefix));
  return line?.slice(prefix.length).replaceAll("'", "");
}

function directives({ run, target, ranksPerNode }: ScriptParts): string[] {
  const { partition, account, time, constraint, gres, sbatch = [] } = target;
  const givesCpus = sbatch.some((option) => /^(?:-c|--cpus-per-task|--exclusive)/u.test(option));
  return [
    `--job-name=${slurmJobName(run)}`,
    `--nodes=${target.nodes}`,
    "--ntasks-per-node=1",
    ...(givesCpus ? [] : [`--cpus-per-task=${ranksPerNode}`]),
    ...(partition === undefined ? [] : [`--partition=${partition}`]),
    ...(account === undefined ? [] : [`--account=${account}`]),
    ...(time === undefined ? [] : [`--time=${time}`]),
    ...(constraint === undefined ? [] : [`--constraint="${constraint}"`]),
    ...(gres === undefined ? [] : [`--gres=${gres}`]),
    ...sbatch,
    // A second attempt would write into the record of the first.
    "--no-requeue",
    "--chdir=/",
    "--output=/dev/null",
  ];
}

/** Variables that would replace what the script says. */
const overriding = {
  always: [
    "ARRAY_INX",
    "ARRAY",
    "REQUEUE",
    "NO_REQUEUE",
    "JOB_NAME",
    "OUTPUT",
    "ERROR",
    "INPUT",
    "EXPORT",
    "WAIT",
    "OPEN_MODE",
  ],
  partition: "PARTITION",
  account: "ACCOUNT",
  time: "TIMELIMIT",
  constraint: "CONSTRAINT",
  gres: "GRES",
} as const;

/** The environment of sbatch, which becomes that of the job. Defaults of the user, such as `SBATCH_ACCOUNT`, apply where the target has none. */
export function sbatchEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  target: ScriptParts["target"],
): Record<string, string | undefined> {
  const options = ["partition", "account", "time", "constraint", "gres"] as const;
  const given = options.filter((option) => target[option] !== undefined);
  const removed: ReadonlySet<string> = new Set([
    ...overriding.always,
    ...given.map((option) => overriding[option]),
  ]);
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => {
      const option = /^SBATCH_(.+)$/u.exec(name)?.[1];
      return option === undefined || !removed.has(option);
    }),
  );
}
