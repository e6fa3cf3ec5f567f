// How often `pitwall doctor` names the right cause and the right rank: labelled faults on simulated traces, recorded dumps and real runs.
//   npm run diagnose                                 all cases; writes the tables of docs/diagnosis.md
//   node bench/diagnose.js --cases 60 --no-write     a cut with every kind
//   node bench/diagnose.js --wrong                   also prints each wrong answer
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { seededRandom } from "../build/foundation/numbers/seeded-random.js";
import { answerOf } from "./diagnose/answer.js";
import { dumpCase } from "./diagnose/dump-cases.js";
import { endCase, endKinds } from "./diagnose/end-cases.js";
import { accuracyPage } from "./diagnose/page.js";
import { realCases, unseenSets } from "./diagnose/real-cases.js";
import { recordedCases } from "./diagnose/recorded-cases.js";
import { rasCase } from "./diagnose/ras-cases.js";
import { stepCase } from "./diagnose/step-cases.js";
import { verifyCase } from "./diagnose/verify-cases.js";

const { values } = parseArgs({
  options: {
    cases: { type: "string", default: "480" },
    seed: { type: "string", default: "1" },
    "no-write": { type: "boolean", default: false },
    wrong: { type: "boolean", default: false },
  },
});

const dumpKinds = ["hang", "two hangs", "killed rank", "mismatched collective"];
const stepKinds = [
  "compute-straggler",
  "unmeasured straggler",
  "data-starvation",
  "data-starvation of all",
];
const verifyKinds = ["corrupt once", "corrupt always"];
const rasKinds = ["ras hang", "ras dead"];
const makers = [
  ...dumpKinds.map((kind) => (random, options) => dumpCase(kind, random, options)),
  ...stepKinds.map((kind) => (random) => stepCase(kind, random)),
  ...verifyKinds.map((kind) => (random) => verifyCase(kind, random)),
  ...rasKinds.map((kind) => (random) => rasCase(kind, random)),
  ...endKinds.map((kind) => (random) => endCase(kind, random)),
];
const healthy = [dumpCase, stepCase, endCase, verifyCase, rasCase].map(
  (make) => (random) => make("none", random),
);
healthy.push((random) => verifyCase("not deterministic", random));

const seed = seededRandom(`diagnose ${values.seed}`);
const count = Number(values.cases);
const scored = [];
for (let index = 0; index < count; index++) {
  // A third of the cases has no fault.
  const makes = index % 3 === 2 ? healthy : makers;
  const turn = index % 3 === 2 ? Math.floor(index / 3) : index - Math.floor((index + 1) / 3);
  const make = makes[turn % makes.length];
  // One of each kind of dump has 4,096 ranks in a complete set of cases.
  const isLarge = count >= 200 && turn < makers.length && index % 3 !== 2;
  const random = seed.fork(String(index));
  scored.push(answerOf(make(random, { isLarge })));
}
for (const recorded of [...recordedCases(), ...realCases()]) scored.push(answerOf(recorded));

const unseen = (await unseenSets()).map(({ cases, ...set }) => {
  return { ...set, now: cases.map(answerOf) };
});
const { text, summary } = accuracyPage(scored, unseen, values.seed);
console.log(summary);
if (values.wrong)
  for (const { verdict, about, expected, named, reason } of [
    ...scored,
    ...unseen.flatMap(({ now }) => now),
  ])
    if (verdict !== "right")
      console.log(JSON.stringify({ verdict, about, expected, named, reason }));

if (!values["no-write"]) {
  const page = new URL("../docs/diagnosis.md", import.meta.url);
  const [before = "", rest = ""] = readFileSync(page, "utf8").split("<!-- accuracy -->\n");
  const after = rest.split("<!-- /accuracy -->")[1] ?? "";
  writeFileSync(page, `${before}<!-- accuracy -->\n${text}<!-- /accuracy -->${after}`);
}
