import { expect, it } from "vitest";
import { readNames, writeNames } from "../src/parts/names";

it.each([
  ["line,shift", ["line", "shift"]],
  ["line", ["line"]],
  ["", []],
  ['"a,b",shift', ["a,b", "shift"]],
  ['"say ""no""",x y', ['say "no"', "x y"]],
  ['" led",tail', [" led", "tail"]],
])("%s", (written, names) => {
  expect(writeNames(names)).toBe(written);
  expect(readNames(written)).toEqual(names);
});

it("is lenient with what people write", () => {
  expect(readNames(" line , shift ,")).toEqual(["line", "shift"]);
});
