import { expect, test } from "vitest";
import { endsOfMembers } from "./ends-of-members.ts";

test.each([
  ["supervisor: child rank=3 pid=811 terminated by signal 9", { signal: "SIGKILL" }],
  ["event=child_exit rank=3 status=signal:KILL", { signal: "SIGKILL" }],
  ["worker 3 exited with code 137", { exitCode: 137 }],
  ["rank=3 host=n1 exit_code=-11", { signal: "SIGSEGV" }],
  ["replica 3 crashed", { exitCode: 1 }],
  ["rank=3 state=failed", { exitCode: 1 }],
  [
    "Container rank 3 status failed cmd ['/opt/env/bin/python', '-u', 'run.py', '--config', 'a.yaml'] code -9 log log/workerlog.3",
    { signal: "SIGKILL" },
  ],
])("reads how a rank ended in %j", (text, how) => {
  expect(endsOfMembers(text)).toEqual([{ kind: "end", ranks: [3], how, by: "words" }]);
});

test.each([
  "worker 3 exited with code 0",
  "worker 3 crashed and is retried",
  "rank 3: GET /v1/status 200",
  "local_rank=3 exits with return code = 1",
  "task 3 was not heard of for long; the remote task may have stopped for a reason that its log states, or it has crashed",
])("reads no end in %j", (text) => {
  expect(endsOfMembers(text)).toEqual([]);
});
