import { execFileSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { pitwall, temporaryFolder } from "../support/pitwall.ts";
import { directoryOf, logOf } from "../support/recorded-run.ts";
import { missingTorch, torchPython } from "./torch-programs.ts";

/** Trains a small model with torchft and gloo. `REPLICA` 1 kills itself in step 20 and comes back; both end 20 steps after they train together again. */
const program = `
import os, signal, time
from datetime import timedelta
import torch
from torch import nn, optim
from torchft import DistributedDataParallel, Manager, Optimizer, ProcessGroupGloo
replica = int(os.environ["REPLICA"])
torch.manual_seed(replica)
truth = torch.randn(16, 1, generator=torch.Generator().manual_seed(7))
model = nn.Sequential(nn.Linear(16, 32), nn.Tanh(), nn.Linear(32, 1))
adam = optim.Adam(model.parameters(), lr=0.02)
def load(state):
    model.load_state_dict(state["model"])
    adam.load_state_dict(state["adam"])
manager = Manager(
    pg=ProcessGroupGloo(timeout=timedelta(seconds=5)), min_replica_size=1, timeout=timedelta(seconds=10),
    replica_id=f"replica-{replica}-", load_state_dict=load,
    state_dict=lambda: {"model": model.state_dict(), "adam": adam.state_dict()})
replicated, optimizer = DistributedDataParallel(manager, model), Optimizer(manager, adam)
came_back = os.path.exists(f"started-{replica}")
open(f"started-{replica}", "w").close()
while True:
    inputs = torch.randn(64, 16)
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(replicated(inputs), inputs @ truth)
    loss.backward()
    optimizer.step()
    step, count = manager.current_step(), manager.num_participants()
    print(f"replica={replica} again={came_back} step={step} participants={count} loss={loss.item():.5f}", flush=True)
    if replica == 1 and not came_back and step >= 20:
        os.kill(os.getpid(), signal.SIGKILL)
    if came_back and count == 2 and not os.path.exists("together"):
        with open("together.new", "w") as file:
            file.write(str(step))
        os.rename("together.new", "together")
    if os.path.exists("together") and step > int(open("together").read()) + 20:
        break
    time.sleep(0.05)
if replica == 0:
    print("val_acc=0.95", flush=True)
`;

const supervisor = `
export TORCHFT_LIGHTHOUSE=http://localhost:29519
torchft_lighthouse --bind 0.0.0.0:29519 --min_replicas 1 --join_timeout_ms 2000 & lighthouse=$!
for replica in 0 1; do
  REPLICA=$replica python -m torch.distributed.run --master-port $((29610 + replica)) --nproc-per-node 1 --max-restarts 2 train.py & replicas="\${replicas-} $!"
done
wait $replicas
kill $lighthouse
`;

/** A virtual environment with torchft beside the PyTorch of the tests; undefined if it cannot be installed. */
function installTorchft(): string | undefined {
  const environment = join(temporaryFolder(), "torchft");
  try {
    execFileSync(torchPython, ["-m", "venv", "--without-pip", environment]);
    const paths = "import sysconfig; print(sysconfig.get_paths()['purelib'])";
    const packages = execFileSync(torchPython, ["-c", paths], { encoding: "utf8" });
    const [python = ""] = readdirSync(join(environment, "lib"));
    writeFileSync(join(environment, "lib", python, "site-packages", "torch.pth"), packages);
    const bin = join(environment, "bin");
    const words = ["-m", "pip", "install", "--quiet", "--prefix", environment, "torchft==0.2.0"];
    execFileSync(join(bin, "python"), words, { timeout: 60_000, stdio: "ignore" });
    return bin;
  } catch {
    // Without a package index, or where torchft has no build for this Python.
    return undefined;
  }
}

test.skipIf(missingTorch !== "")(
  `a replica of torchft ends and comes back in one attempt, which is no fault${missingTorch}`,
  async (context) => {
    const bin = installTorchft();
    if (bin === undefined) {
      console.warn("skipped: torchft cannot be installed");
      return context.skip("torchft cannot be installed");
    }
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, "train.py"), program);
    writeFileSync(join(cwd, "supervise.sh"), supervisor);
    const words = ["run", "--target", "val_acc>=0.94", "--max-time", "3m", "--", "sh"];
    const PATH = `${bin}:${process.env["PATH"]}`;
    const ran = await pitwall([...words, "supervise.sh"], { cwd, env: { PATH } });
    expect(ran, ran.stderr).toMatchObject({ exitCode: 0 });
    const log = logOf(directoryOf(cwd));
    expect(log).toMatch(/failed \(exitcode: -9\) local_rank: 0/u);
    expect(log).toMatch(/^replica=0 .* participants=1 /mu);
    expect(log).toMatch(/^replica=1 again=True .* participants=2 /mu);
    const said = await pitwall(["doctor", "last"], { cwd });
    expect(said, said.stdout).toMatchObject({ exitCode: 0 });
  },
  240_000,
);
