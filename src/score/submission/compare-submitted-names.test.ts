import { describe, expect, test } from "vitest";
import { compareSubmittedNames } from "./compare-submitted-names.ts";

const accelerators = [
  "a100-sxm-80gb",
  "b200-sxm",
  "gb200-nvl72",
  "gb300-nvl72",
  "h100-sxm",
  "mi325x",
];

function kindsOf(names: {
  org?: string;
  platform?: string;
  submitter?: string;
  model?: string;
  counts?: readonly [nodes: number, perNode: number];
  folder?: string;
}) {
  const { org = "Acme", platform = "node", submitter = "Acme", model = "NVIDIA H100" } = names;
  const [nodeCount, acceleratorsPerNode] = names.counts ?? [];
  const logged = [
    { key: "submission_org", value: org, logCount: 5 },
    { key: "submission_platform", value: platform, logCount: 5 },
  ];
  const described = {
    organisation: names.folder ?? "acme_labs",
    isInSubmission: names.folder !== undefined,
    submitter,
    acceleratorModelName: model,
    nodeCount,
    acceleratorsPerNode,
  };
  return compareSubmittedNames({ place: "here", logged, ...described }, accelerators).map(
    ({ problem }) => problem.kind,
  );
}

describe("compareSubmittedNames", () => {
  test.each([
    ["IBM+CoreWeave+NVIDIA", "CoreWeave + IBM + NVIDIA"],
    ["NVIDIA", "NVIDIA+CoreWeave"],
    ["RedHat", "Red_Hat-Supermicro"],
    ["Acme Labs", "A. C. M. E."],
  ])("takes `%s` for the submitter `%s`", (org, submitter) => {
    expect(kindsOf({ org, submitter })).toEqual([]);
  });

  test.each([
    { folder: "Acme", submitter: "Somebody Else", kinds: ["submitter-differs"] },
    { folder: "Azure+NVIDIA", submitter: "Microsoft Azure, NVIDIA", kinds: [] },
    { folder: "acme_labs", submitter: "Acme", kinds: [] },
    // A folder outside a submission has any name.
    { folder: undefined, submitter: "Somebody Else", kinds: [] },
  ])(
    "compares the submitter $submitter with the folder $folder",
    ({ folder, submitter, kinds }) => {
      const org = folder ?? submitter;
      expect(kindsOf({ org, submitter, ...(folder === undefined ? {} : { folder }) })).toEqual(
        kinds,
      );
    },
  );

  test("reports the organization that a script was copied from", () => {
    expect(kindsOf({ org: "NVIDIA", submitter: "Supermicro" })).toEqual(["organization-differs"]);
  });

  test.each([
    ["1xXE9680x8H100-SXM-80GB", "NVIDIA H100-SXM5-80GB"],
    ["18xNVIDIA GB200", "NVIDIA Blackwell GPU (GB200)"],
    ["1xG893-ZX1-AAX2", "AMD Instinct MI325X"],
    ["16xB200", "an accelerator of our own"],
  ])("does not take `%s` for another accelerator than `%s`", (platform, model) => {
    expect(kindsOf({ platform, model })).toEqual([]);
  });

  test.each([
    ["8xA100", "NVIDIA H100-SXM5-80GB"],
    ["2xNVIDIA GB200", "NVIDIA Blackwell Ultra GPU (GB300)"],
    ["1xMI325X", "NVIDIA B200"],
    ["72xGB200", "NVIDIA B200"],
  ])("reports `%s` for `%s`", (platform, model) => {
    expect(kindsOf({ platform, model })).toEqual(["accelerator-differs"]);
  });

  test.each([
    ["dgxh100_n64", 64, 8],
    ["8xH100", 1, 8],
    ["512xH100", 64, 8],
    ["8xH100_2xEPYC_9755", 1, 8],
    ["1xXE9680x8H100-SXM-80GB", 1, 8],
    ["4xDGX H100", 32, 8],
    ["2xNVIDIA H100", 2, 8],
    ["1xESC-N8-E11", 1, 8],
  ] as const)("takes `%s` for %d nodes with %d accelerators", (platform, nodes, perNode) => {
    expect(kindsOf({ platform, counts: [nodes, perNode] })).toEqual([]);
  });

  test.each([
    ["dgxh100_n64", 32, 8],
    ["16xH100", 1, 8],
    ["4x NVIDIA H100", 1, 8],
  ] as const)("reports `%s` for %d nodes with %d accelerators", (platform, nodes, perNode) => {
    expect(kindsOf({ platform, counts: [nodes, perNode] })).toEqual(["count-differs"]);
  });

  test("reports a placeholder as such, not as another organization", () => {
    expect(kindsOf({ org: "SUBMISSION_ORG_PLACEHOLDER", submitter: "Acme" })).toEqual([
      "placeholder",
    ]);
  });
});
