/** Who printed a line of a log that holds the output of several ranks, by the label that a launcher put before it. */
export interface Speaker {
  rank: number | undefined;
  /** Ray labels lines with the process, and says elsewhere which rank that is. */
  process: number | undefined;
  /** The line without the label. */
  text: string;
}

/** `[rank3]:`, `[rank 3]:`, `[rank: 3]`, `[default3]:` of PyTorch and torchrun; `[1,3]<stderr>:` of Open MPI. */
const rankLabel = /^\[(?:rank:?\s?|default|\d+,)(\d+)\](?:<std(?:out|err)>)?:?\s?/iu;
/** `(RayTrainWorker pid=2211, ip=10.2.0.4) ` */
const processLabel = /^\((?!raylet\b)[\w.<>]+ pid=(\d+)(?:, ip=[\w.:]+)?\)\s?/u;
/** `srun --label`: the number of the task, to the right. */
const taskLabel = /^\s*(\d+): ?/u;

/** @param withTasks whether lines of this log begin with the number of the task of Slurm */
export function speakerOfLine(text: string, withTasks: boolean): Speaker {
  const process = text.startsWith("(") ? processLabel.exec(text) : null;
  const rest = process === null ? text : text.slice(process[0].length);
  const label = rest.startsWith("[") ? rankLabel.exec(rest) : null;
  const task = label === null && withTasks ? taskLabel.exec(rest) : null;
  const found = label ?? task;
  return {
    rank: found === null ? undefined : Number(found[1]),
    process: process === null ? undefined : Number(process[1]),
    text: found === null ? rest : rest.slice(found[0].length),
  };
}

/** Whether most of some lines begin with the number of a task. */
export function haveTaskLabels(lines: readonly string[]): boolean {
  const filled = lines.filter((line) => line.trim() !== "");
  const labelled = filled.filter((line) => /^\s*\d{1,6}: /u.test(line));
  const tasks = new Set(labelled.map((line) => taskLabel.exec(line)?.[1]));
  return (
    labelled.length >= 3 && labelled.length > filled.length * 0.5 && tasks.size < labelled.length
  );
}
