// Measures `pitwall results` over all stored results, compared with the start of bare Node.js.
//   npm run build && node bench/results.js [repeats]
// The processes alternate, so that other load affects both equally. Wall time is the minimum over all
// repeats and the median; CPU-seconds (user and system) are the figure to compare on a busy machine.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const bin = fileURLToPath(new URL("../dist/bin.js", import.meta.url));
const repeats = Number(process.argv[2] ?? "15");

const kinds = [
  { name: "node, nothing", words: ["-e", "0"] },
  { name: "pitwall --help", words: [bin, "--help"] },
  { name: "pitwall results (40 of all)", words: [bin, "results"] },
  { name: "pitwall results --limit 0", words: [bin, "results", "--limit", "0"] },
  {
    name: "pitwall results --per dollar --json",
    words: [bin, "results", "--per", "dollar", "--json"],
  },
];

const tellCpu = `data:text/javascript,${encodeURIComponent(
  'process.on("exit", () => { const { user, system } = process.cpuUsage(); process.stderr.write("cpuMs=" + Math.round((user + system) / 1000)); });',
)}`;

const runs = new Map(kinds.map(({ name }) => [name, []]));
for (let repeat = 0; repeat < repeats; repeat++)
  for (const { name, words } of kinds) runs.get(name).push(time(words));

const base = summary(runs.get("node, nothing"));
console.log(`${repeats} runs of each, Node.js ${process.version}; milliseconds`);
console.log(
  [
    "",
    "least wall",
    "median wall",
    "median CPU",
    "least wall over node",
    "median CPU over node",
  ].join("\t"),
);
for (const { name } of kinds) {
  const found = summary(runs.get(name));
  const over = [found.leastMs - base.leastMs, found.cpuMs - base.cpuMs];
  console.log(
    [
      name,
      ...[found.leastMs, found.medianMs, found.cpuMs, ...over].map((ms) => ms.toFixed(0)),
    ].join("\t"),
  );
}

/** The child reports its own usage at exit, because Node.js has no API for child usage. */
function time(words) {
  const startedMs = performance.now();
  const { status, stderr } = spawnSync(process.execPath, ["--import", tellCpu, ...words], {
    maxBuffer: 1 << 28,
    encoding: "utf8",
  });
  const wallMs = performance.now() - startedMs;
  if (status !== 0) throw new Error(`it ended with ${status}: ${stderr}`);
  return { wallMs, cpuMs: Number(/cpuMs=(\d+)/.exec(stderr)?.[1]) };
}

function summary(times) {
  const walls = times.map(({ wallMs }) => wallMs).toSorted((a, b) => a - b);
  const cpus = times.map(({ cpuMs }) => cpuMs).toSorted((a, b) => a - b);
  return { leastMs: walls[0], medianMs: walls[walls.length >> 1], cpuMs: cpus[cpus.length >> 1] };
}
