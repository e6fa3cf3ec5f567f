/** A log in `logs`, and what Pitwall must read from it by the name of a metric alone. */
export interface FrameworkLog {
  framework: string;
  log: string;
  target: string;
  /** The evaluations in order; the last one is the first that meets the target. */
  values: readonly number[];
  /** Rules of the findings that the log gives cause for. */
  findings?: readonly string[];
}

/** Recorded from the programs in `programs`. */
const recorded: readonly FrameworkLog[] = [
  {
    framework: "Hugging Face Trainer",
    log: "transformers.json",
    target: "eval_accuracy>=0.95",
    values: [0.9023, 0.9297, 0.9531],
  },
  {
    framework: "Lightning, bar of tqdm",
    log: "lightning.json",
    target: "val_acc>=0.98",
    values: [0.959, 0.979, 0.982],
  },
  {
    framework: "Lightning, bar of rich, which prints the last values only",
    log: "lightning-rich.json",
    target: "val_acc>=0.98",
    values: [0.982],
    findings: ["first-evaluation-meets-target"],
  },
  {
    framework: "Lightning, table of test metrics",
    log: "lightning.json",
    target: "test_acc>=0.98",
    values: [0.982421875],
    findings: ["first-evaluation-meets-target"],
  },
  {
    framework: "Keras on JAX, progress bar",
    log: "keras.json",
    target: "val_accuracy>=0.97",
    values: [0.8789, 0.9609, 0.9766],
  },
  {
    framework: "Keras on JAX, one line per epoch",
    log: "keras-lines.json",
    target: "val_accuracy>=0.97",
    values: [0.8789, 0.9609, 0.9766],
  },
  {
    framework: "LightGBM",
    log: "lightgbm.json",
    target: "valid_0's auc>=0.995",
    values: [0.988414, 0.988878, 0.989743, 0.990015, 0.994031, 0.994567, 0.994951, 0.995015],
  },
  {
    framework: "XGBoost",
    log: "xgboost.json",
    target: "valid-auc>=0.997",
    values: [0.98497, 0.99371, 0.99368, 0.9969, 0.99688, 0.99752],
  },
  {
    framework: "CatBoost",
    log: "catboost.json",
    target: "test>=0.995",
    values: [
      0.9349527, 0.9846882, 0.9857549, 0.9861105, 0.9877328, 0.9878217, 0.992533, 0.9940442,
      0.9958665,
    ],
  },
  {
    framework: "scikit-learn, classification report",
    log: "sklearn.json",
    target: "accuracy>=0.82",
    values: [0.81, 0.81, 0.82],
  },
  {
    framework: "PyTorch's MNIST example",
    log: "mnist.json",
    target: "Accuracy>=0.98",
    values: [881 / 1024, 974 / 1024, 1005 / 1024],
  },
  {
    framework: "tqdm",
    log: "tqdm.json",
    target: "val_acc>=0.97",
    values: [0.8945, 0.959, 0.9688, 0.9785],
  },
];

/** Written after the formats that `README.md` names. */
const written: readonly FrameworkLog[] = [
  {
    // Training loss counts until the program names validation.
    framework: "torchtitan, both losses",
    log: "torchtitan.log",
    target: "loss<=7.61",
    values: [12.2721, 9.8765, 9.9012, 7.6001],
    findings: ["training-values-withdrawn"],
  },
  {
    framework: "torchtitan, validation",
    log: "torchtitan.log",
    target: "val_loss<=7.1",
    values: [9.9012, 7.6001, 7.0123],
  },
  {
    framework: "Megatron-LM, training loss",
    log: "megatron.log",
    target: "lm_loss<=7.4",
    values: [10.09399, 8.613207, 7.399415],
  },
  {
    framework: "Megatron-LM, validation",
    log: "megatron.log",
    target: "lm loss value<=7.5",
    values: [9.983545, 7.412205],
  },
  {
    framework: "MaxText, training loss",
    log: "maxtext.log",
    target: "lm_loss<=7",
    values: [10.871, 9.917, 8.412, 7.528, 6.899],
  },
  {
    framework: "MaxText, evaluation",
    log: "maxtext.log",
    target: "eval_loss<=7",
    values: [8.391, 6.925],
  },
  {
    framework: "fairseq",
    log: "fairseq.log",
    target: "valid_ppl<=7",
    values: [299.2, 25.14, 6.29],
  },
  {
    framework: "nanoGPT",
    log: "nanogpt.log",
    target: "val_loss<=1.6",
    values: [4.2823, 2.0676, 1.7338, 1.5935],
  },
  {
    framework: "modded-nanogpt, which prints its source first",
    log: "modded-nanogpt.log",
    target: "val_loss<=3.28",
    values: [10.8258, 4.3412, 3.7561, 3.2781],
    findings: ["source-echoed"],
  },
  {
    framework: "detectron2",
    log: "detectron2.log",
    target: "AP50>=55",
    values: [52.911, 58.802],
  },
  {
    framework: "MMEngine",
    log: "mmengine.log",
    target: "accuracy/top1>=76",
    values: [57.33, 71.04, 76.3],
  },
  {
    framework: "Ultralytics",
    log: "ultralytics.log",
    target: "mAP50>=0.6",
    values: [0.413, 0.522, 0.611],
  },
  {
    framework: "timm",
    log: "timm.log",
    target: "Acc@1>=76",
    values: [61.204, 71.58, 76.302],
  },
  {
    framework: "PyTorch's ImageNet example as of 2018, whose training batches have the same name",
    log: "imagenet-2018.log",
    target: "Acc@1>=68",
    values: [31.812, 54.907, 68.112],
  },
];

export const frameworkLogs: readonly FrameworkLog[] = [...recorded, ...written];
