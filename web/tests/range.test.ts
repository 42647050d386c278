import { describe, expect, it } from "vitest";
import { bounds, iso, move, words, zoomOut } from "../src/app/range";
import { parseSearch, writeSearch } from "../src/app/view";
import { colourOf, PALETTE, settle } from "../src/charts/colours";
import { ago, change, clip, duration, short } from "../src/parts/format";

const NOW = Date.parse("2026-11-23T12:00:00Z");

describe("time ranges", () => {
  it("are the last week by default", () => {
    expect(bounds({}, NOW)).toEqual([NOW - 7 * 864e5, NOW]);
    expect(words({})).toBe("Last 7 days");
  });
  it("move by their own length, and come back to relative ones at now", () => {
    const before = move({ start: "-1h" }, -1, NOW);
    expect(before).toEqual({ start: iso(NOW - 2 * 36e5), end: iso(NOW - 36e5) });
    expect(move(before, 1, NOW)).toEqual({ start: "-1h" });
    expect(zoomOut({ start: "-1h" }, NOW)).toEqual({ start: "-2h" });
  });
  it("never end in an invalid time", () => {
    expect(bounds({ start: "nonsense", end: "later" }, NOW)).toEqual([NOW - 7 * 864e5, NOW]);
  });
});

describe("the address", () => {
  it("gives back what was put in", () => {
    const view = { filter: 'line:7 "a b":"c&d=é#"', start: "-7d", columns: "time,metadata.line" };
    expect(parseSearch(writeSearch(view).slice(1))).toEqual(view);
    expect(writeSearch({ filter: "", start: undefined })).toBe("");
  });
});

describe("colours", () => {
  it("are the same for the same value and differ between neighbours", () => {
    const values = PALETTE.map((_, index) => `value ${index}`);
    settle("line", values);
    const colours = values.map((value) => colourOf("line", value));
    expect(new Set(colours).size).toBe(PALETTE.length);
    expect(values.map((value) => colourOf("line", value))).toEqual(colours);
  });
});

describe("numbers and times", () => {
  it("are short", () => {
    expect([0, 999, 1234, 12_345, 1_234_567, 0.5, null].map(short)).toEqual([
      "0",
      "999",
      "1,234",
      "12.3k",
      "1.23M",
      "0.5",
      "–",
    ]);
    expect([0.0042, 0.12, 2, null].map((seconds) => duration(seconds))).toEqual([
      "4.2 ms",
      "120 ms",
      "2.00 s",
      "–",
    ]);
    expect([0.2, -0.021, null, 0].map((value) => change(value))).toEqual(["+20%", "−2.1%", "new", "±0%"]);
    expect(ago("2026-11-23T11:00:00Z", NOW)).toBe("1h ago");
    expect(clip("x".repeat(100), 10)).toHaveLength(10);
  });
});
