import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const packageFolder = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//u;

/** Writes dist/THIRD-PARTY-LICENSES: the license of every package in `modules`. */
export function writeLicenses(root, modules) {
  const folders = new Set();
  for (const id of modules) {
    const folder = packageFolder.exec(id.replace(/^\0/u, ""))?.[1];
    if (folder !== undefined) folders.add(folder);
  }
  const parts = [...folders].map((folder) => licenseOf(folder)).toSorted();
  writeFileSync(
    join(root, "dist", "THIRD-PARTY-LICENSES"),
    `Pitwall's bundled files include code of these packages.\n\n${parts.join("\n")}`,
  );
}

function licenseOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const files = readdirSync(folder).filter((file) => /^(?:licen[cs]e|notice)/iu.test(file));
  if (files.length === 0 && license === undefined) throw new Error(`${name} states no license`);
  const texts = files.map((file) => readFileSync(join(folder, file), "utf8").trimEnd());
  return `${"=".repeat(80)}\n${name} ${version} (${license})\n\n${texts.join("\n\n")}\n`;
}
