import { expect, test } from "vitest";
import { introducedRank, NamesOfRanks } from "./names-of-ranks.ts";

test("reads which rank a process says that it is", () => {
  expect(introducedRank(["MASTER_ADDR=a RANK=3 WORLD_SIZE=4", "step 1"])).toBe(3);
  expect(introducedRank(["Starting service, process_id=15 num_processes=16"])).toBe(15);
  expect(introducedRank(["Restoring, process 2 of 4."])).toBe(2);
});

test("takes a log in which several processes do so for that of none", () => {
  expect(introducedRank(["RANK=0 WORLD_SIZE=2", "RANK=1 WORLD_SIZE=2"])).toBeUndefined();
  expect(introducedRank(["LOCAL_RANK=1", "step 1 of 4"])).toBeUndefined();
});

test("knows ranks by the names of their logs, but not by words and a number", () => {
  const names = new NamesOfRanks();
  names.add("logs/gpt-worker-2.log", 3);
  names.add("logs/rank-1.log", 1);
  expect(names.replaceIn("Pod: ml.gpt-worker-2 exited with code 139")).toBe(
    "Pod: ml.rank 3  exited with code 139",
  );
  expect(names.replaceIn("gpt-worker-2-x2k4z OOMKilled")).toBe("rank 3  OOMKilled");
  expect(names.replaceIn("gpt-worker-21 and rank-1")).toBe("gpt-worker-21 and rank-1");
});
