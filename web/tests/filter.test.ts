import { describe, expect, it } from "vitest";
import { accept, BUILT_IN_NAMES, knownField, suggestNames } from "../src/filter/completion";
import * as filter from "../src/filter/conditions";
import { spotAt } from "../src/filter/spot";

const texts = (written: string) => filter.split(written).map((condition) => condition.text);

describe("cutting a written filter into chips", () => {
  it.each([
    ["", []],
    ["location:texas  line:7,8 passed:false", ["location:texas", "line:7,8", "passed:false"]],
    ['"shift name":night -operator:bob', ['"shift name":night', "-operator:bob"]],
    [
      "detection(class:scratch confidence<0.5) model:parts/3",
      ["detection(class:scratch confidence<0.5)", "model:parts/3"],
    ],
    ["(a:1 OR b:2) NOT passed:true", ["(a:1 OR b:2)", "NOT passed:true"]],
    ["temperature > 70 line:7", ["temperature > 70", "line:7"]],
    ["a:1 OR b:2", ["a:1 OR b:2"]],
    ["a:1 AND b:2", ["a:1", "b:2"]],
    ['"not closed line:7', ['"not closed line:7']],
    ["(not closed line:7", ["(not closed line:7"]],
  ])("%s", (written, expected) => {
    expect(texts(written)).toEqual(expected);
  });

  it("leaves what is between the chips as it was written", () => {
    const written = '  a:1   "b c":"d \\" e"  -f~x ';
    for (const condition of filter.split(written)) {
      expect(written.slice(condition.start, condition.end)).toBe(condition.text);
    }
    expect(filter.replace(written, 2, "-f~y")).toBe(written.replace("f~x", "f~y").trim());
  });

  it("reads names, operators and values", () => {
    expect(filter.split('-"shift name":night,"late \\"one\\""')[0]).toMatchObject({
      negated: true,
      name: "shift name",
      operator: ":",
      values: ["night", 'late "one"'],
    });
    expect(filter.split('"metadata.a b":1')[0]).toMatchObject({ name: "metadata.a b", values: ["1"] });
    expect(filter.split("detection(class:a)")[0]).toMatchObject({ name: null });
  });
});

describe("writing values", () => {
  it.each([
    "texas",
    "a b",
    'say "hi"',
    "back\\slash",
    "-x",
    "OR",
    "a,b",
    "a:b",
    "<img onerror=alert(1)>",
    "",
    "é✓",
  ])("%s comes back", (value) => {
    const text = filter.filterFor("", "line", value);
    expect(filter.split(text)).toHaveLength(1);
    expect(filter.split(text)[0]).toMatchObject({ name: "line", values: [value] });
  });

  it("reaches fields that bear a built-in's name", () => {
    expect(filter.fieldName("class")).toBe("metadata.class");
    expect(filter.fieldName("shift name")).toBe("shift name");
    expect(filter.fieldOf("metadata.class")).toBe("class");
    expect(filter.fieldOf("class")).toBeNull();
    expect(filter.filterFor("", "shift name", null)).toBe('-has:"shift name"');
  });
});

describe("changing a filter by clicks", () => {
  it("toggles values of one condition", () => {
    let text = filter.toggleValue("model:parts/3", "line", "7");
    expect(text).toBe("model:parts/3 line:7");
    text = filter.toggleValue(text, "line", "8");
    expect(text).toBe("model:parts/3 line:7,8");
    expect(filter.chosen(text, "line")).toEqual(["7", "8"]);
    text = filter.toggleValue(filter.toggleValue(text, "line", "7"), "line", "8");
    expect(text).toBe("model:parts/3");
  });

  it("filters for and out", () => {
    expect(filter.filterFor("line:7 a:1", "line", "9")).toBe("a:1 line:9");
    expect(filter.filterOut("line:7", "line", "9")).toBe("line:7 -line:9");
    expect(filter.filterOut("-line:9", "line", "10")).toBe("-line:9,10");
    expect(filter.filterFor("a:1 OR b:2", "line", "9")).toBe("(a:1 OR b:2) line:9");
    expect(filter.filterFor("line:7", "line", null)).toBe("-has:line");
    expect(filter.toggleMissing("-has:line a:1", "line")).toBe("a:1");
  });

  it("looks for very long values by their beginning", () => {
    const text = filter.filterFor("a:1", "note", "x".repeat(8192));
    expect(text).toBe(`a:1 note~${"x".repeat(200)}`);
    expect(filter.filterOut("", "note", "x".repeat(8192))).toBe(`-note~${"x".repeat(200)}`);
  });

  it("sets bounds", () => {
    const text = filter.setBounds("confidence<0.9 a:1", "confidence", 0.1, 0.5);
    expect(text).toBe("a:1 confidence>=0.1 confidence<=0.5");
    expect(filter.bounds(text, "confidence")).toEqual([0.1, 0.5]);
    expect(filter.setBounds(text, "confidence", null, null)).toBe("a:1");
  });
});

describe("completion", () => {
  const known = [...BUILT_IN_NAMES, knownField("location", "text", ""), knownField("shift name", "text", "")];

  it("knows where the caret stands", () => {
    expect(spotAt("loc", 3)).toMatchObject({ kind: "name", prefix: "loc", from: 0 });
    expect(spotAt("a:1 location:te", 15)).toMatchObject({
      kind: "value",
      name: "location",
      prefix: "te",
      from: 13,
    });
    expect(spotAt("line:7,8", 8)).toMatchObject({ kind: "value", name: "line", prefix: "8", from: 7 });
    expect(spotAt('"shift name":"ni', 16)).toMatchObject({ kind: "value", name: "shift name", prefix: "ni" });
    expect(spotAt("detection(cla", 13)).toMatchObject({ kind: "name", prefix: "cla", from: 10 });
  });

  it("offers names, and writes them as they must be written", () => {
    const found = suggestNames("-shi", 4, known);
    expect(found.map((one) => one.label)).toEqual(["shift name"]);
    expect(accept("-shi", found[0] as NonNullable<(typeof found)[0]>)).toEqual({
      text: '-"shift name":',
      caret: 14,
    });
  });

  it("offers operators once a name stands", () => {
    expect(suggestNames("latency", 7, known).map((one) => one.insert)).toContain("latency>");
  });
});
