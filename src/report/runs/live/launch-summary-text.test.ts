import { expect, test } from "vitest";
import { plainPaint } from "../../paint.ts";
import { launchPreviewText } from "./launch-summary-text.ts";

test("a dry run lists what would be done before the launch", () => {
  const hosts = ["a", "b"];
  const text = launchPreviewText(
    {
      kind: "dry-run",
      launchTarget: {
        kind: "ssh",
        hosts: hosts.map((name) => ({ name, destination: name })),
        ranks: { perHost: 1, starter: "torchrun" },
        setUp: "pip install -r requirements.txt",
      },
      hosts,
      hostCount: 2,
      rankCount: 2,
      command: ["python", "train.py"],
      cwd: "/code",
      seeds: [1, 2],
      data: [
        { name: "SET", source: "/data/set" },
        { name: "CIFAR", source: "https://example.org/c", path: "~/c", sha256: "ab".repeat(32) },
      ],
      prepare: "sync",
    },
    plainPaint,
  );
  expect(text).toMatchInlineSnapshot(`
    "nothing was started: \`--dry-run\`

      command   python train.py
      folder    /code
      where     2 hosts by ssh: a, b
      ranks     2 ranks started by torchrun
      cost      no price was given: \`--price 12.29/h\`
      runs      2 runs, seed 1, 2
      data      /data/set, to ~/.pitwall/data of each host, in PITWALL_DATA_SET
      data      https://example.org/c, to ~/c of each host, SHA-256 abababababab…, in PITWALL_DATA_CIFAR
      set-up    pip install -r requirements.txt
      prepare   sync"
  `);
});
