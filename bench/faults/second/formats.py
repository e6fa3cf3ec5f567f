"""Lines of a step as programs in use print them: `line(name, step, total, loss, rank)`, and of an evaluation."""

import json
import logging
import sys
import time

logging.basicConfig(level=logging.INFO, format="%(asctime)s.%(msecs)03d | %(levelname)-8s | train:run:41 - %(message)s", datefmt="%Y-%m-%d %H:%M:%S")


def line(name, step, total, loss, rank):
    now = time.strftime("%Y-%m-%d %H:%M:%S")
    share = step / max(1, total)
    text = {
        "plain": "Iteration %d/%d\tLoss %.4f (%.4f)\tTime 0.05" % (step, total, loss, loss),
        "absl": "I1130 %s.104233 140114 train.py:88] step = %d, loss = %.5f, examples/sec = 1204.2" % (time.strftime("%H:%M:%S"), step, loss),
        "json": json.dumps({"ts": time.time(), "level": "info", "rank": rank, "step": step, "loss": round(loss, 5), "lr": 1e-3}),
        "prefix": "[rank%d]: step %d loss %.4f" % (rank, step, loss),
        "megatron": " iteration %8d/%8d | consumed samples: %12d | elapsed time per iteration (ms): 51.2 | learning rate: 1.000E-03 | global batch size:    64 | lm loss: %.6E | loss scale: 1.0 | grad norm: 0.412 | number of skipped iterations:   0 | number of nan iterations:   0 |"
        % (step, total, step * 64, loss),
        "detectron": "[11/30 12:00:00 d2.utils.events]:  eta: 0:10:00  iter: %d  total_loss: %.4f  loss_cls: %.4f  time: 0.0511  data_time: 0.0021  lr: 0.001  max_mem: 2048M"
        % (step, loss, loss / 2),
        "mmengine": "11/30 12:00:00 - mmengine - INFO - Epoch(train)  [1][%5d/%d]  lr: 1.0000e-03  eta: 0:00:40  time: 0.0501  data_time: 0.0011  loss: %.4f" % (step, total, loss),
        "timm": "Train: 0 [%4d/%d (%3d%%)]  Loss: %#.3g (%#.3g)  Time: 0.051s, 1254.90/s  LR: 1.000e-03  Data: 0.002 (0.003)" % (step, total, 100 * share, loss, loss),
        "fairseq": "%s | INFO | train_inner | %s" % (now, json.dumps({"epoch": 1, "update": round(share, 3), "loss": "%.3f" % loss, "num_updates": str(step), "lr": "0.001"})),
        "deepspeed": "[%s,104] [INFO] [logging.py:96:log_dist] [Rank 0] step=%d, skipped=0, lr=[0.001], mom=[(0.9, 0.95)], loss=%.4f" % (now, step, loss),
        "csv": "%d,%.6f,0.001,%.3f" % (step, loss, time.time() % 1000),
        "german": "Schritt %d von %d: Verlust %.4f" % (step, total, loss),
        "chinese": "第 %d/%d 步 损失 %.4f" % (step, total, loss),
        "keras": "%d/%d [==============================] - 0s 51ms/step - loss: %.4f" % (step, total, loss),
        "quiet": None,
    }
    if name == "tqdm":
        sys.stderr.write("\rEpoch 0: %3d%%|%-10s| %d/%d [00:%02d<00:40, 19.61it/s, loss=%.3g, v_num=0]" % (100 * share, "█" * int(10 * share), step, total, step % 60, loss))
        sys.stderr.flush()
    elif name == "loguru":
        logging.info("step {} loss {:.4f}".format(step, loss))
    elif text[name] is not None:
        print(text[name], flush=True)


def result(value, samples):
    print("val_acc: %.4f samples: %d" % (value, samples), flush=True)
