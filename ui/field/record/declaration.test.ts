import { expect, it } from "vitest";
import { accountBy, accountOf, faultsOfAccount } from "./account";
import { phoneOf } from "$shared/typed";
import { declaredOf } from "$shared/declared";
import { declaredBy, faultsOfDeclared, lacksOf } from "./declaration";

const told = (of: object) => ({ ...declaredBy(undefined), ...of });

it("reads a telephone number as people write it", () => {
  for (const typed of ["0912 000 001", "+84 912 000 001", "84912000001", "0912.000.001"]) {
    expect(phoneOf(typed)).toBe("0912000001");
    expect(faultsOfDeclared(told({ phone: typed }))).toEqual({});
  }
  for (const typed of ["091200000", "1912000001", "09120000012", "mô phỏng"]) {
    expect(faultsOfDeclared(told({ phone: typed })), typed).toEqual({ phone: "fault.phone" });
  }
});

it("takes an SI number and a card as they are printed, and no other way", () => {
  expect(faultsOfDeclared(told({ si: "0119 000 001", card: "gd4 01 0119 00001" }))).toEqual({
    card: "fault.card",
  });
  expect(faultsOfDeclared(told({ card: "gd4 01 0119 000 001" }))).toEqual({});
  expect(faultsOfDeclared(told({ si: "011900000" }))).toEqual({ si: "fault.si" });
});

it("says of a person only what was told", () => {
  expect(declaredOf(declaredBy(undefined))).toBeUndefined();
  const said = declaredOf(
    told({ phone: "0912 000 001", relation: "self", head: "Mô phỏng", card: "gd4010119000001" }),
  );
  // Who is the head of the household has no other one.
  expect(said).toEqual({ phone: "0912000001", relation: "self", card: "GD4010119000001" });
  expect(declaredBy(said)).toMatchObject({ phone: "0912000001", nationality: "VN" });
});

it("knows what the form of each scheme lacks", () => {
  const some = told({ ethnic: "Mông", phone: "0912000001", address: "Đội 1" });
  expect(lacksOf(some, "voluntary_si")).toEqual([]);
  expect(lacksOf(some, "student_hi")).toEqual(["declared.hospital"]);
  expect(lacksOf(some, "household_hi")).toEqual(["declared.hospital", "declared.head"]);
  expect(lacksOf({ ...some, relation: "self", hospital: "Trạm" }, "household_hi")).toEqual([]);
});

it("takes a bank and a number together, or neither", () => {
  const account = accountBy(undefined, "MO PHONG");
  expect(faultsOfAccount(account, "bank_account")).toEqual({});
  expect(accountOf(account)).toBeUndefined();
  const number = { ...account, number: "8888 0000" };
  expect(faultsOfAccount(number, "bank_account")).toEqual({ bank: "fault.bank" });
  expect(faultsOfAccount({ ...account, bank: "970405" }, "card")).toEqual({
    number: "fault.account",
  });
  expect(accountOf({ ...number, bank: "970405" })).toEqual({
    bank: "970405",
    number: "88880000",
    holder: "MO PHONG",
  });
});
