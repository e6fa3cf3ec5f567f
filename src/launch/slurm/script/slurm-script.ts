import { shellWord } from "../../../foundation/text/shell-word.ts";
import { agentStart } from "../../agent/agent-program.ts";
import type { LaunchTargetOf } from "../../../schema/run/hosts/launch-target.ts";

interface ScriptParts {
  run: string;
  target: Omit<LaunchTargetOf<"slurm">, "kind" | "ranks">;
  ranksPerNode: number;
  /** The request of the agents, JSON in one line. */
  job: string;
  /** The text and the hash of `agentProgram`. */
  agent: string;
  agentHash: string;
  /** The Python on the nodes that runs the agent. */
  python: string;
  /** The option of srun that asks for no binding to CPUs, if it needs one. */
  cpuBinding: readonly string[];
  /** All nodes of the cluster in the order in which those of the job get their ranks; default: Slurm's own. */
  nodeOrder?: readonly string[] | undefined;
  /** Whether the job keeps its nodes after a failure and waits for Pitwall, which starts the next attempt on them. */
  isRestartable?: boolean;
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

/** What Pitwall writes on the first node for the next attempt, and what it signals then; relative to the home folder. */
export function nextAttemptPath(run: string): string {
  return `${jobFolderPrefix(run)}.next`;
}

/** To the script of a job that waits for Pitwall: the next attempt is in its file, or there is none. */
export const scriptSignals = { next: "USR2", end: "TERM" } as const;

const endMark = "PITWALL_INPUT_ENDS";

/**
 * The script of a job for sbatch. It needs no shared file system: the agent and its request are part of it, and reach the nodes through
 * the standard input of srun. One task runs per node.
 */
export function slurmScript(parts: ScriptParts): string {
  const { run } = parts;
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

${parts.isRestartable === true ? attempts(parts) : onlyAttempt(parts)}`;
}

function onlyAttempt(parts: ScriptParts): string {
  const { nodes } = parts.target;
  return `if [ "\${SLURM_RESTART_COUNT:-0}" -gt 0 ]; then
  echo "sh: Slurm has requeued the job, which runs only once"
  exit 1
fi

# This script runs on the first node.
first=$SLURMD_NODENAME
${parts.nodeOrder === undefined ? "" : 'nodes=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | paste -sd,)\n'}${placeLines(parts)}
${agentStep(parts, `--nodes=${nodes} --ntasks=${nodes}`)} <<'${endMark}'
${parts.job}
${parts.agent.trimEnd()}
${endMark}
`;
}

/**
 * After a failed attempt, the script waits for Pitwall, which names the nodes of the next attempt and gives the request of their agents.
 * Without it, the nodes are released after ten minutes.
 */
function attempts(parts: ScriptParts): string {
  const { run, target } = parts;
  return `next="$HOME/"${shellWord(nextAttemptPath(run))}
trap : ${scriptSignals.next}
trap 'exit 1' ${scriptSignals.end}
# What \`--signal=B:USR1\` sends to the script is meant for the ranks.
trap 'scancel --signal=USR1 "$SLURM_JOB_ID"' USR1

take_next() {
  tries=0
  until [ -e "$next" ]; do
    tries=$((tries + 1))
    if [ $tries -gt 6000 ]; then
      echo "sh: Pitwall has started no other attempt within 10 minutes"
      exit 1
    fi
    sleep 0.1
  done
  { read -r nodes && IFS= read -r request; } <"$next" || exit 1
  rm -f "$next"
  export PITWALL_JOB_STARTED=\${EPOCHREALTIME-}
}

first_request() {
  cat <<'${endMark}'
${parts.job}
${endMark}
}

agent_file() {
  cat <<'${endMark}'
${parts.agent.trimEnd()}
${endMark}
}

input() {
  if [ -n "$request" ]; then printf '%s\\n' "$request"; else first_request; fi
  agent_file
}

nodes=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n ${target.nodes} | paste -sd,)
request=
if [ "\${SLURM_RESTART_COUNT:-0}" -gt 0 ]; then take_next; else rm -f "$next"; fi
while :; do
  first=\${nodes%%,*}
  commas=\${nodes//[^,]/}
  count=$((\${#commas} + 1))
${placeLines(parts)}
  input | ${agentStep(parts, '--no-kill --nodes="$count" --ntasks="$count" --nodelist="$nodes"')} &
  step=$!
  # A signal interrupts the waiting. A node that has died holds up its step until Slurm finds out.
  while wait $step; code=$?; [ ! -e "$next" ] && kill -0 $step 2>/dev/null; do :; done
  [ $code -ne 0 ] || exit 0
  kill -KILL $step 2>/dev/null
  take_next
done
`;
}

/** Sets the address and the port of rank 0. The name of its node is its address if it can be resolved. */
function placeLines(parts: ScriptParts): string {
  return `${orderLines(parts.nodeOrder)}PITWALL_MASTER_ADDRESS=$first
if ! getent hosts "$first" >/dev/null; then
  address=$(timeout 10 scontrol show node "$first" | sed -n 's/.*NodeAddr=\\([^ ]*\\).*/\\1/p')
  PITWALL_MASTER_ADDRESS=\${address:-$first}
fi
PITWALL_MASTER_PORT=$(${portCommand(parts)})
export PITWALL_MASTER_ADDRESS PITWALL_MASTER_PORT
`;
}

function agentStep(parts: ScriptParts, nodes: string): string {
  return `srun ${nodes} --ntasks-per-node=1 ${stepOptions(parts)} --kill-on-bad-exit=0 \\
  sh -c '
    folder="$HOME/$1.$SLURMD_NODENAME"
    rm -rf "$folder"
    mkdir -p -m 700 "$HOME/.pitwall" "$HOME/.pitwall/agent" "$HOME/.pitwall/jobs" "$folder" || exit 1
    IFS= read -r job && printf "%s" "$job" >"$folder/job.json" || exit 1
    cat >"$folder/agent.py" && mv "$folder/agent.py" "$HOME/$2" || exit 1
    exec "$3" -S "$HOME/$2" slurm "$HOME/$1"
  ' sh ${shellWord(jobFolderPrefix(parts.run))} "$agent" "$python"`;
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
PITWALL_NODE_ORDER=
for node in $order; do
  case ",$nodes," in *",$node,"*) PITWALL_NODE_ORDER="$PITWALL_NODE_ORDER$node " ;; esac
done
export PITWALL_NODE_ORDER
first=\${PITWALL_NODE_ORDER%% *}
`;
}

/** A port is free on the node of rank 0, which need not be that of the script. */
function portCommand(parts: ScriptParts): string {
  if (parts.nodeOrder === undefined && parts.isRestartable !== true) return "free_port";
  const step = `srun --nodes=1 --ntasks=1 ${stepOptions(parts)} --gres=none`;
  const there = `${step} --nodelist="$first" bash -c "$(declare -f free_port); free_port"`;
  return `[ "$first" = "$SLURMD_NODENAME" ] && free_port || ${there}`;
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

function variableIn(script: string, prefix: string): string | undefined {
  const line = script.split("\n").find((each) => each.startsWith(prefix));
  return line?.slice(prefix.length).replaceAll("'", "");
}

function directives({ run, target, ranksPerNode, isRestartable }: ScriptParts): string[] {
  const { partition, account, time, constraint, gres, sbatch = [] } = target;
  const givesCpus = sbatch.some((option) => /^(?:-c|--cpus-per-task|--exclusive)/u.test(option));
  return [
    `--job-name=${slurmJobName(run)}`,
    `--nodes=${target.nodes + (target.spareNodes ?? 0)}`,
    "--ntasks-per-node=1",
    ...(givesCpus ? [] : [`--cpus-per-task=${ranksPerNode}`]),
    ...(partition === undefined ? [] : [`--partition=${partition}`]),
    ...(account === undefined ? [] : [`--account=${account}`]),
    ...(time === undefined ? [] : [`--time=${time}`]),
    ...(constraint === undefined ? [] : [`--constraint="${constraint}"`]),
    ...(gres === undefined ? [] : [`--gres=${gres}`]),
    ...sbatch,
    // Without Pitwall's knowledge, a second attempt would write into the record of the first.
    ...(isRestartable === true ? restartDirectives(sbatch) : ["--no-requeue"]),
    "--chdir=/",
    "--output=/dev/null",
  ];
}

/** Before its time limit, the program is asked for a checkpoint, with which the next attempt continues. */
function restartDirectives(sbatch: readonly string[]): string[] {
  const givesSignal = sbatch.some((option) => option.startsWith("--signal"));
  return [...(givesSignal ? [] : ["--signal=USR1@120"]), "--requeue", "--no-kill"];
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
