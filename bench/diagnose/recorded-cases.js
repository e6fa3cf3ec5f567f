// The dumps of PyTorch in tests/fixtures/dumps, with what its README says of them.
import { readdirSync, readFileSync } from "node:fs";

const folder = new URL("../../tests/fixtures/dumps/", import.meta.url);
const labels = {
  "gloo-none": [],
  "gloo-hang": [{ kind: "hang", ranks: [1] }],
  "gloo-skip": [{ kind: "collective-mismatch", ranks: [2] }],
  "gloo-mismatch": [{ kind: "collective-mismatch", ranks: [2] }],
  "gloo-groups": [{ kind: "hang", ranks: [3] }],
};

export function recordedCases() {
  return Object.entries(labels).map(([name, expected]) => ({
    source: "recorded dumps",
    expected,
    about: name,
    dumps: readdirSync(new URL(`${name}/`, folder)).map((file) => ({
      file,
      rank: Number(/\d+/u.exec(file)?.[0]),
      bytes: readFileSync(new URL(`${name}/${file}`, folder)),
    })),
  }));
}
