import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { toldOf } from "../record/person";
import type { Commune } from "../sync/pull";
import type { Neighbour } from "../visit/neighbour";
import { readPaper, type Paper } from "./paper";
import { another, filled, hashOf, seek } from "./seek";

const salt = Buffer.from("mô phỏng salt").toString("base64");
const hash = (citizen: string) =>
  createHash("sha256")
    .update(Buffer.concat([Buffer.from(salt, "base64"), Buffer.from(citizen)]))
    .digest()
    .subarray(0, 9)
    .toString("base64url");
const salts = new Map([["02839", salt]]);
const somebody = (id: string, name: string, birth: string, citizen = "", si = "") =>
  ({
    ...{ id, name, birth, commune: "02839" },
    citizen: citizen && hash(citizen),
    insured: si && hash(si),
  }) as Neighbour;
const paper = (text: string): Paper => {
  const read = readPaper(text);
  if (!read) throw new Error(`${text} was not read`);
  return read;
};
const card = paper("010182000101||Mô phỏng Vàng Thị Mẩy|05111982|Nữ|Đội 1, Xã Bắc Hà|01012024");

it("hashes a number as the server does", async () => {
  expect(await hashOf(salt, "010182000101")).toBe(hash("010182000101"));
});

it("finds the holder by the number, whatever the name", async () => {
  const people = [
    somebody("p1", "Mô phỏng Vàng Thị Mẩy", "1982"),
    somebody("p2", "Mô phỏng Mẩy", "", "010182000101"),
  ];
  expect((await seek(people, salts, card)).holder?.id).toBe("p2");

  const insured = [somebody("p3", "Mô phỏng Khác", "", "", "1001123456")];
  for (const code of ["1001123456", "GD4101001123456"]) {
    const hi = paper(`${code}|4d|1982|2|4e|x`);
    expect((await seek(insured, salts, hi)).holder?.id, code).toBe("p3");
  }
});

it("finds who has the name, unless the birth or a number says otherwise", async () => {
  const alike = async (...people: Neighbour[]) =>
    (await seek(people, salts, card)).alike.map((p) => p.id);
  const name = "Mô phỏng Vàng Thị Mẩy";
  expect(await alike(somebody("p1", name, "1982"), somebody("p2", name, "1983"))).toEqual(["p1"]);
  expect(await alike(somebody("p1", "mo phong VANG thi may", "1982-11-05"))).toEqual(["p1"]);
  expect(await alike(somebody("p1", name, ""))).toEqual(["p1"]);
  expect(await alike(somebody("p1", name, "1982-11-06"))).toEqual([]);
  expect(await alike(somebody("p1", name, "1982", "010182000199"))).toEqual([]);
});

it("fills in who is new, and adds the number alone to somebody of the list", () => {
  const communes = [{ code: "02839", name: "Bắc Hà" }] as Commune[];
  expect(filled(toldOf(undefined, ""), card, communes)).toMatchObject({
    name: "Mô phỏng Vàng Thị Mẩy",
    sex: "f",
    birth: "1982-11-05",
    citizen: "010182000101",
    commune: "02839",
    village: "Đội 1",
  });
  const known = toldOf(somebody("p1", "Mô phỏng Mẩy", "1980"), "02839");
  expect(filled(known, card, communes)).toEqual({ ...known, citizen: "010182000101" });
  expect(another(known, card)).toBe(true);
  const other = paper("010182000103||Mô phỏng Mẩy|1980|Nữ|Thôn Lạ, Xã Khác, Lào Cai|");
  expect(filled(toldOf(undefined, ""), other, communes)).toMatchObject({
    commune: "",
    village: "",
  });
  expect(another(known, other)).toBe(false);
});
