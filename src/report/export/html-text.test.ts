import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { html, htmlWithCode } from "./html-text.ts";

describe("html", () => {
  test("escapes inserted text and keeps inserted HTML", () => {
    const inner = html`<b title="${'"x"'}">${"<i> & 'y'"}</b>`;
    expect(html`<p>${inner}${[inner]}${undefined}${1}</p>`.markup).toBe(
      '<p><b title="&quot;x&quot;">&lt;i&gt; &amp; &#39;y&#39;</b>'.concat(
        '<b title="&quot;x&quot;">&lt;i&gt; &amp; &#39;y&#39;</b>1</p>',
      ),
    );
  });

  test("shows characters that reorder or hide text as their code", () => {
    expect(html`${"a\u202Eb\u0000"}`.markup).toBe("a\\u202eb\\u0000");
  });

  test("never lets text become markup", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(html`${text}`.markup).not.toMatch(/[<>"']|&(?!(?:amp|lt|gt|quot|#39);)/u);
        expect(htmlWithCode(text).markup.replaceAll(/<\/?code>/gu, "")).not.toMatch(/[<>"']/u);
      }),
    );
  });
});

describe("htmlWithCode", () => {
  test("marks what is in backticks as code", () => {
    expect(htmlWithCode("use `--a <b>` here").markup).toBe("use <code>--a &lt;b&gt;</code> here");
  });

  test("keeps a backtick without a partner", () => {
    expect(htmlWithCode("a ` b").markup).toBe("a ` b");
  });
});
