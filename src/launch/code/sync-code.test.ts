import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { collectCode } from "./sync-code.ts";

/** A git checkout of a project that has Pitwall installed. */
function project(): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "pitwall-sync-")));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const files = [
    "train.py",
    "lib/model.py",
    "secret/plans.txt",
    "node_modules/pitwall/workloads/torch/image.py",
    "node_modules/pitwall/workloads/torch/pitwall.py",
    "drafts/try.py",
  ];
  for (const file of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), file);
  }
  writeFileSync(join(root, ".gitignore"), "node_modules\n");
  execFileSync("git", ["init", "-q"], { cwd: root });
  execFileSync("git", ["add", ".gitignore", "train.py", "lib", "secret"], { cwd: root });
  return root;
}

describe("the files that are sent to hosts", () => {
  test("are those of the whole checkout, from any of its folders", async () => {
    const root = project();
    const code = await collectCode(join(root, "lib"), []);
    expect(code).toMatchObject({ root, folder: "lib" });
    expect(code.files).toEqual([".gitignore", "lib/model.py", "secret/plans.txt", "train.py"]);
  });

  test("are not those of a checkout around an installed package", async () => {
    const root = project();
    const cwd = join(root, "node_modules/pitwall/workloads/torch");
    const code = await collectCode(cwd, ["."]);
    expect(code).toMatchObject({ root: cwd, folder: "", files: ["image.py", "pitwall.py"] });
  });

  test("are not those of Pitwall's own checkout for a built-in workload", async () => {
    const root = project();
    const cwd = join(root, "lib");
    const code = await collectCode(cwd, ["."], root);
    expect(code).toMatchObject({ root: cwd, files: ["model.py"] });
  });

  test("leave out tracked files that were deleted", async () => {
    const root = project();
    rmSync(join(root, "train.py"));
    expect((await collectCode(root, [])).files).not.toContain("train.py");
  });

  test.each([
    { name: "without files", cwd: "drafts", sync: [], code: "sync-empty" },
    { name: "of another folder", cwd: "drafts", sync: ["../lib"], code: "sync-outside" },
    { name: "that do not exist", cwd: ".", sync: ["data.bin"], code: "sync-unmatched" },
  ])("$name are refused", async ({ cwd, sync, code }) => {
    await expect(collectCode(join(project(), cwd), sync)).rejects.toMatchObject({ code });
  });
});
