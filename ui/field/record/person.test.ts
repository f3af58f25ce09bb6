import { expect, it } from "vitest";
import { birthOf } from "$shared/typed";
import { faultsOf, personOfTold, toldOf } from "./person";

const told = (birth: string) => ({ ...toldOf(undefined, "00001"), name: "Mô phỏng", birth });

it("reads a birth as people write it", () => {
  expect(birthOf(" 3/2/1982 ")).toBe("1982-02-03");
  for (const typed of ["03.02.1982", "03-02-1982", "03 02 1982", "03021982", "1982-02-03"]) {
    expect(personOfTold(told(typed)).birth).toBe("1982-02-03");
  }
  expect(birthOf("1982")).toBe("1982");
});

it("takes no birth that the calendar does not have, nor one to come", () => {
  for (const typed of [
    "30/2/1982",
    "1982-02-30",
    "31/4/1982",
    "1899",
    "2027",
    "26/11/2026",
    "82",
  ]) {
    expect(faultsOf(told(typed), "2026-11-25").birth, typed).toBe("fault.birth");
  }
  for (const typed of ["", "1982", "29/2/1984", "2026", "25/11/2026"]) {
    expect(faultsOf(told(typed), "2026-11-25"), typed).toEqual({});
  }
});
