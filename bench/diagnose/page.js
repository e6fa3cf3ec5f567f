// The measured accuracy as Markdown.
import { sortedKinds } from "./answer.js";

/** @param unseen sets of runs of other programs: `name`, the answers `now`, and those `first`, before anything was changed for them */
export function accuracyPage(scored, unseen, seed) {
  const faulty = scored.filter(({ expected }) => expected.length > 0);
  const healthy = scored.filter(({ expected }) => expected.length === 0);
  const of = (list, verdict) => list.filter((each) => each.verdict === verdict).length;
  const right = of(faulty, "right");
  const rightKind = right + of(faulty, "wrong rank");
  const summary = [
    `${scored.length} cases, ${healthy.length} of them without a fault`,
    `right kind and rank ${share(right, faulty.length)}, right kind ${share(rightKind, faulty.length)}`,
    `not sure ${of(scored, "not sure")}, missed ${of(faulty, "missed")}, false alarms ${of(healthy, "false alarm")} of ${healthy.length}`,
  ].join("; ");
  const sources = [...new Set(scored.map(({ source }) => source))];
  const rows = sources.map((source) => {
    const own = scored.filter((each) => each.source === source);
    const faults = own.filter(({ expected }) => expected.length > 0);
    const none = own.filter(({ expected }) => expected.length === 0);
    const cells = [
      source,
      faults.length,
      ...["right", "wrong rank", "wrong kind", "missed", "not sure"].map((each) =>
        of(faults, each),
      ),
      none.length,
      of(none, "false alarm"),
      of(none, "not sure"),
    ];
    return `| ${cells.join(" | ")} |`;
  });
  const text = `${summary}. Seed ${seed}.

${realSummary(scored)}

| cases from | faults | right kind and rank | wrong rank | wrong kind | missed | not sure | without fault | false alarms | not sure |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${rows.join("\n")}

What was injected, and what was answered. Several causes in one answer are joined by +.

${confusion(scored)}

### Unseen runs

${unseenText(unseen)}
`;
  return { text, summary };
}

/** Both numbers of each set of runs of other programs, and each first answer that was wrong. */
function unseenText(sets) {
  const rows = sets.flatMap(({ name, now, first }) => [
    unseenRow(`${name} set, when measured`, withLabels(first, now)),
    ...(isCorrected(first, now) ? [unseenRow(`${name} set, after corrections`, now)] : []),
  ]);
  const tables = sets.map(({ name, now, first }) => {
    return `The first answers to the ${name} set that were wrong:

| run | injected | first answer | now |
| --- | --- | --- | --- |
${wrongRows(withLabels(first, now), now).join("\n")}`;
  });
  return `| answers | faults | right kind and rank | right kind | missed | not sure | without fault | false alarms | not sure |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${rows.join("\n")}

${tables.join("\n\n")}`;
}

/** Whether an answer has changed since the set was measured. */
function isCorrected(first, now) {
  const verdicts = new Map(now.map(({ about, verdict }) => [about, verdict]));
  return first.some(({ about, verdict }) => verdicts.get(about) !== verdict);
}

function withLabels(first, now) {
  const labels = new Map(now.map(({ about, expected }) => [about, expected]));
  return first.map((each) => Object.assign({ expected: labels.get(each.about) }, each));
}

function unseenRow(name, list) {
  const faulty = list.filter(({ expected }) => expected.length > 0);
  const healthy = list.filter(({ expected }) => expected.length === 0);
  const of = (some, ...verdicts) => some.filter(({ verdict }) => verdicts.includes(verdict)).length;
  const cells = [
    name,
    faulty.length,
    share(of(faulty, "right"), faulty.length),
    share(of(faulty, "right", "wrong rank"), faulty.length),
    of(faulty, "missed"),
    of(faulty, "not sure"),
    healthy.length,
    of(healthy, "false alarm"),
    of(healthy, "not sure"),
  ];
  return `| ${cells.join(" | ")} |`;
}

function wrongRows(first, now) {
  const verdicts = new Map(now.map(({ about, verdict }) => [about, verdict]));
  const text = (causes) =>
    causes
      .map(({ kind, ranks }) => `${kind}${ranks.length === 0 ? "" : ` ${ranks.join()}`}`)
      .join(" + ") || "none";
  return first
    .filter(({ verdict }) => verdict !== "right")
    .map(({ about, verdict, named, expected }) => {
      const answer = verdict === "not sure" ? "not sure" : text(named);
      return `| ${about} | ${text(expected)} | ${answer} | ${verdicts.get(about)} |`;
    });
}

/** The runs that really happened, alone. */
function realSummary(scored) {
  const real = scored.filter(({ source }) => source.startsWith("real runs"));
  const faulty = real.filter(({ expected }) => expected.length > 0);
  const of = (list, ...verdicts) => list.filter(({ verdict }) => verdicts.includes(verdict)).length;
  const healthy = real.length - faulty.length;
  return [
    `Of these, ${real.length} are real runs, ${healthy} of them without a fault`,
    `right kind and rank ${share(of(faulty, "right"), faulty.length)}, right kind ${share(of(faulty, "right", "wrong rank"), faulty.length)}`,
    `not sure ${of(real, "not sure")}, missed ${of(faulty, "missed")}, false alarms ${of(real, "false alarm")} of ${healthy}.`,
  ].join("; ");
}

function confusion(scored) {
  const kindsOf = (causes) => sortedKinds(causes).join(" + ");
  const counts = new Map();
  for (const { expected, named, verdict } of scored) {
    const injected = kindsOf(expected) || "none";
    const answer = verdict === "not sure" ? "not sure" : kindsOf(named) || "no fault";
    const row = counts.get(injected) ?? new Map();
    row.set(answer, (row.get(answer) ?? 0) + 1);
    counts.set(injected, row);
  }
  const rows = [...counts]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([injected, answers]) => {
      const total = [...answers.values()].reduce((sum, each) => sum + each, 0);
      const listed = [...answers]
        .toSorted((a, b) => b[1] - a[1])
        .map(([answer, count]) => `${answer}: ${count}`);
      return `| ${injected} | ${total} | ${listed.join(", ")} |`;
    });
  return `| injected | cases | answers |\n| --- | ---: | --- |\n${rows.join("\n")}`;
}

function share(part, whole) {
  return whole === 0 ? "none" : `${((100 * part) / whole).toFixed(1)} %`;
}
