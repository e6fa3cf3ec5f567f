import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { redactNames, redactSecrets } from "./redact-secrets.ts";

describe("redactSecrets", () => {
  test.each([
    ["WANDB_API_KEY=0123456789abcdef", "0123456789abcdef"],
    ['{"HF_TOKEN":"hf_abcdefghijklmnopqrst"}', "hf_abcdefghijklmnopqrst"],
    ['"command":["python","train.py","--api-key","s3cr3t"]', "s3cr3t"],
    ["python train.py --password hunter2 --lr 0.1", "hunter2"],
    ["Authorization: Bearer abcdef1234567890", "abcdef1234567890"],
    ["cloning https://me:letmein@example.com/repo.git", "me:letmein"],
    ["aws_secret_access_key = wJalrXUtnFEMI/K7MDENG", "wJalrXUtnFEMI/K7MDENG"],
    ["key AKIAIOSFODNN7EXAMPLE was used", "AKIAIOSFODNN7EXAMPLE"],
    ["sk-proj-abcdefghijklmnop1234", "sk-proj-abcdefghijklmnop1234"],
    ["-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----", "MIIE"],
    ["posting to https://hooks.slack.com/services/T0/B0/xyz", "services/T0/B0/xyz"],
  ])("replaces the secret in %s", (text, secret) => {
    const redacted = redactSecrets(text);
    expect(redacted.count).toBeGreaterThan(0);
    expect(redacted.text).not.toContain(secret);
    expect(redacted.text).toHaveLength(text.length);
  });

  test.each([
    "step 12 loss=0.31 tokens=4096 tokens_per_second=1200",
    "max_tokens: 4096, pad_token: null",
    "token=128",
    "keyboard interrupt, monkey=7",
    "saved to /data/checkpoint-7.pt",
    "https://example.com/path?epoch=3",
  ])("keeps %s", (text) => {
    expect(redactSecrets(text)).toEqual({ text, count: 0 });
  });

  test("keeps the number of bytes of any text, and finds nothing more the second time", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (secret) => {
        const { text } = redactSecrets(`password="${secret}"`);
        expect(Buffer.byteLength(text)).toBe(Buffer.byteLength(`password="${secret}"`));
        expect(redactSecrets(text)).toEqual({ text, count: 0 });
      }),
    );
  });
});

describe("redactNames", () => {
  test("replaces whole words by names of the same length, the longest first", () => {
    expect(redactNames("gpu-1.lab gpu-1: gpu-10 on gpu-1", ["gpu-1", "gpu-1.lab"])).toEqual({
      text: "h00000002 h0001: gpu-10 on h0001",
      count: 3,
    });
  });
});
