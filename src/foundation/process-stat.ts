/** The fields of Linux's /proc/<pid>/stat that identify processes and their relations. */
export interface ProcessStat {
  pid: number;
  /** One letter: `R` running, `S` sleeping, `T` stopped, `Z` zombie, … */
  state: string;
  parentPid: number;
  groupId: number;
  sessionId: number;
  /** Clock ticks from boot to the start of the process; with the pid, unique until the next boot. */
  startedTicks: number;
}

/**
 * Parses the text of a /proc/<pid>/stat file; undefined if it is invalid.
 *
 * @see proc_pid_stat(5): the name in parentheses may itself contain spaces and parentheses
 */
export function parseProcessStat(text: string): ProcessStat | undefined {
  const nameEnd = text.lastIndexOf(")");
  const pid = Number.parseInt(text, 10);
  if (nameEnd < 0 || !Number.isInteger(pid)) return undefined;
  const fields = text.slice(nameEnd + 2).split(" ");
  // Field 3 of the manual page (state) is the first here; field 22 (start time) is the twentieth.
  const [state = "", parentPid, groupId, sessionId] = fields;
  const stat = {
    pid,
    state,
    parentPid: Number(parentPid),
    groupId: Number(groupId),
    sessionId: Number(sessionId),
    startedTicks: Number(fields[19]),
  };
  return Number.isInteger(stat.startedTicks) && Number.isInteger(stat.groupId) ? stat : undefined;
}
