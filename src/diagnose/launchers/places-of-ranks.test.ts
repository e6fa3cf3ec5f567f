import { describe, expect, it } from "vitest";
import { mayTellPlace, PlacesOfRanks } from "./places-of-ranks.ts";

function placeOf(text: string): unknown {
  return mayTellPlace(text) ? new PlacesOfRanks().push(text) : undefined;
}

describe("on which host a rank is", () => {
  it("is read from sentences and fields of programs", () => {
    expect(placeOf("hello from rank 3 of 8 on cn11")).toEqual({ rank: 3, host: "cn11" });
    expect(placeOf("#  Rank  1 Pid 131398 on mlperf1 device  1 [0xd8] A100")).toEqual({
      rank: 1,
      host: "mlperf1",
    });
    expect(placeOf("global_rank: 3 hostname: node-07.cluster")).toEqual({
      rank: 3,
      host: "node-07.cluster",
    });
    expect(placeOf("host=node-07 rank=12 started")).toEqual({ rank: 12, host: "node-07" });
  });

  it("is not read from devices, or from lines about two ranks", () => {
    expect(placeOf("rank 3 on cuda:3")).toBeUndefined();
    expect(placeOf("rank 3 waits on node-07 for rank 4")).toBeUndefined();
    expect(placeOf("rank 3 is on step 12")).toBeUndefined();
  });

  it("is read from the map of Open MPI", () => {
    const places = new PlacesOfRanks();
    places.push(" Data for node: gpu07\tNum slots: 4\tMax slots: 0\tNum procs: 4");
    expect(
      places.push(" \tProcess OMPI jobid: [53541,1] App: 0 Process rank: 5 Bound: N/A"),
    ).toEqual({ rank: 5, host: "gpu07" });
  });
});
