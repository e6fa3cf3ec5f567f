// First half: hosts that are set up another way, and links.
import { labelled, lines, ranksOf } from "../../fourth/folder-texts.js";
import { megatron, peerGone, perRank, raised, titan, watchdog } from "../printed.js";

export const firstHosts = [
  [
    // chrony, systemd's journal and torch's rendezvous
    "a host's clock is set forward an hour as it trains",
    "clock-step 1",
    {
      ...perRank(
        4,
        (rank) => `gpu-${rank + 1}/journal.txt`,
        (rank) =>
          lines(
            "Dec 01 10:00:01 systemd[1]: Started Session 411 of User ana.",
            rank === 1
              ? [
                  "Dec 01 10:20:11 chronyd[901]: Selected source 10.0.0.2",
                  "Dec 01 10:20:11 chronyd[901]: System clock wrong by 3599.981204 seconds",
                  "Dec 01 11:20:11 chronyd[901]: System clock was stepped by 3599.981204 seconds",
                  "Dec 01 11:20:11 systemd[1]: Time has been changed",
                ]
              : "Dec 01 10:17:01 CRON[4211]: (root) CMD (run-parts --report /etc/cron.hourly)",
          ),
      ),
      ...perRank(
        4,
        (rank) => `gpu-${rank + 1}/rank-${rank}.log`,
        (rank) =>
          lines(
            titan(1, 80),
            rank === 1
              ? [
                  "W1201 11:20:13.204118 4402 torch/distributed/elastic/rendezvous/dynamic_rendezvous.py:1285] The node 'gpu-2_4402_0' has failed to send a keep-alive heartbeat to the rendezvous '4411' due to an error of type RendezvousTimeoutError.",
                  "RuntimeError: token of the store has expired: issued 10:00:00, now 11:20:13",
                ]
              : peerGone("10.2.0.12"),
          ),
      ),
    },
  ],
  [
    // PyTorch's words about a driver, behind srun's labels
    "srun --label: one host has an older driver",
    "configuration 8,9,10,11,12,13,14,15",
    {
      "slurm-4470.out": lines(
        ranksOf(16).map((task) =>
          labelled(
            `${String(task).padStart(2)}: `,
            `rank ${task} of 16 on ${task < 8 ? "node03" : "node04"} (SLURM_NODEID=${task < 8 ? 0 : 1})`,
          ),
        ),
        ranksOf(8).map((index) =>
          labelled(
            `${String(8 + index).padStart(2)}: `,
            raised(
              "RuntimeError: The NVIDIA driver on your system is too old (found version 11040). Please update your GPU driver by downloading and installing a new version from the URL: http://www.nvidia.com/Download/index.aspx Alternatively, go to: https://pytorch.org to install a PyTorch version that has been compiled with your version of the CUDA driver.",
              [["/workspace/train.py", 61, "torch.cuda.set_device(local_rank)"]],
            ),
          ),
        ),
        "srun: error: node04: tasks 8-15: Exited with exit code 1",
        [0, 3].map((task) =>
          labelled(
            `${String(task).padStart(2)}: `,
            raised(
              "torch.distributed.DistStoreError: Timed out after 601 seconds waiting for clients. 8/16 clients joined.",
              [["/workspace/train.py", 64, "dist.init_process_group('nccl')"]],
            ),
          ),
        ),
        "srun: error: node03: tasks 0-7: Exited with exit code 1",
      ),
    },
  ],
  [
    // NVIDIA/nccl src/bootstrap.cc: the name of an interface that one host does not have
    "NCCL finds no interface of the given name on one host",
    "configuration 3",
    {
      ...perRank(
        4,
        (rank) => `nccl/nccl.host-${rank}.log`,
        (rank) =>
          lines(
            `host-${rank}:4411:4411 [0] NCCL INFO NCCL_SOCKET_IFNAME set by environment to bond0`,
            rank === 3
              ? [
                  "host-3:4411:4411 [0] NCCL WARN Bootstrap : no socket interface found",
                  "host-3:4411:4411 [0] NCCL INFO init.cc:137 -> 3",
                ]
              : [
                  `host-${rank}:4411:4411 [0] NCCL INFO Bootstrap : Using bond0:10.4.0.1${rank}<0>`,
                  `host-${rank}:4411:4411 [0] NCCL INFO NET/Plugin: Could not find: libnccl-net.so. Using internal network plugin.`,
                  `host-${rank}:4411:4502 [0] NCCL INFO NET/IB : Using [0]mlx5_0:1/IB [RO]; OOB bond0:10.4.0.1${rank}<0>`,
                ],
          ),
      ),
      ...perRank(
        4,
        (rank) => `out/rank_${rank}.out`,
        (rank) =>
          lines(
            rank === 3
              ? raised(
                  [
                    "torch.distributed.DistBackendError: NCCL error in: /pytorch/torch/csrc/distributed/c10d/NCCLUtils.hpp:275, internal error - please report this issue to the NCCL developers, NCCL version 2.21.5",
                    "ncclInternalError: Internal check failed.",
                    "Last error:",
                    "Bootstrap : no socket interface found",
                  ],
                  [["/workspace/train.py", 88, "dist.barrier()"]],
                )
              : raised(
                  "torch.distributed.DistBackendError: [0] is setting up NCCL communicator and retrieving ncclUniqueId from [0] via c10d key-value store by key '0', but store->get('0') got error: wait timeout after 600000ms",
                  [["/workspace/train.py", 88, "dist.barrier()"]],
                ),
          ),
      ),
      "ip-a-host-3.txt": lines(
        "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000",
        "2: eno1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 9000 qdisc mq state UP group default qlen 1000",
        "    inet 10.4.0.13/24 brd 10.4.0.255 scope global eno1",
      ),
    },
  ],
  [
    // NVIDIA/nccl src/transport/net_ib.cc, and the kernel's driver of the card
    "InfiniBand: the port of one host goes down",
    "connection-lost 3",
    {
      ...perRank(
        4,
        (rank) => `nodes/n${rank}/rank${rank}.log`,
        (rank) =>
          lines(
            megatron(1, 40),
            rank === 3
              ? "n3:4411:4502 [0] transport/net_ib.cc:94 NCCL WARN NET/IB : mlx5_0:1 Got async event : port error"
              : `n${rank}:4411:4502 [0] transport/net_ib.cc:1897 NCCL WARN NET/IB: Got completion from peer 10.4.0.13<48211> with status=12 opcode=0 len=0 vendor err 129 (${rank === 2 ? "Send" : "Recv"}) localGid ::ffff:10.4.0.1${rank} remoteGids ::ffff:10.4.0.13 hca mlx5_0`,
            raised(
              [
                "torch.distributed.DistBackendError: NCCL error in: /pytorch/torch/csrc/distributed/c10d/ProcessGroupNCCL.cpp:2251, remote process exited or there was a network error, NCCL version 2.21.5",
                "ncclRemoteError: A call failed possibly due to a network error or a remote process exiting prematurely.",
              ],
              [
                [
                  "/workspace/megatron/core/distributed/param_and_grad_buffer.py",
                  302,
                  "torch.distributed.all_reduce(",
                ],
              ],
            ),
          ),
      ),
      "nodes/n3/dmesg.txt": lines(
        "[Tue Dec  1 10:01:22 2026] mlx5_core 0000:1b:00.0: Port module event[error]: module 0, Cable error, Bus stuck (I2C or data shorted)",
        "[Tue Dec  1 10:01:22 2026] mlx5_core 0000:1b:00.0 ib0: Link down",
        "[Tue Dec  1 10:01:23 2026] infiniband mlx5_0: mlx5_ib_event: port 1 state DOWN",
      ),
      "nodes/n1/dmesg.txt": lines("[Tue Dec  1 08:40:00 2026] mlx5_core 0000:1b:00.0 ib0: Link up"),
    },
  ],
  [
    // ethtool of all hosts, and a job that is slow from its first step
    "one host's card has come up with a hundredth of its rate",
    "slow-link 2",
    {
      ...perRank(
        4,
        (rank) => `host${rank}/ethtool-ens5.txt`,
        (rank) =>
          lines(
            "Settings for ens5:",
            "\tSupported ports: [ FIBRE ]",
            `\tSpeed: ${rank === 2 ? "1000Mb/s" : "100000Mb/s"}`,
            "\tDuplex: Full",
            "\tAuto-negotiation: on",
            "\tLink detected: yes",
          ),
      ),
      ...perRank(
        4,
        (rank) => `host${rank}/rank_${rank}.log`,
        () =>
          lines(
            ranksOf(30).map(
              (step) =>
                `step ${step} fwd 0.11${step % 10}s bwd 0.22${step % 10}s allreduce ${(9.4 + 0.01 * (step % 9)).toFixed(3)}s opt 0.031s loss ${(4.1 - 0.01 * step).toFixed(3)}`,
            ),
          ),
      ),
      "iperf.txt": lines(
        "host0 -> host1  [SUM]  0.00-10.00 sec  112 GBytes  96.1 Gbits/sec",
        "host0 -> host2  [SUM]  0.00-10.00 sec  1.10 GBytes   941 Mbits/sec",
        "host0 -> host3  [SUM]  0.00-10.00 sec  112 GBytes  96.0 Gbits/sec",
        "host1 -> host2  [SUM]  0.00-10.00 sec  1.10 GBytes   940 Mbits/sec",
      ),
    },
  ],
  [
    // all ranks are in the same collective, and nothing else is known
    "eight watchdogs, one collective, and no rank that is missing",
    "stalled-collective",
    {
      "torchrun.log": lines(
        titan(1, 60),
        ranksOf(8).map((rank) => watchdog(rank, 1811)),
        ranksOf(8).map(
          (rank) =>
            `[rank${rank}]:[E1201 11:14:02.216204118 ProcessGroupNCCL.cpp:630] [Rank ${rank}] Some NCCL operations have failed or timed out. Due to the asynchronous nature of CUDA kernels, subsequent GPU operations might run on corrupted/incomplete data.`,
        ),
        "E1201 11:14:06.204118 4402 torch/distributed/elastic/multiprocessing/api.py:869] failed (exitcode: -6) local_rank: 0 (pid: 4410) of binary: /opt/env/bin/python",
      ),
    },
  ],
];
