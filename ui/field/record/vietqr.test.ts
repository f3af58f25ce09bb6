import { expect, it } from "vitest";
import { newPurpose, vietqr } from "./vietqr";

/** The fields of an EMVCo text: two digits of name, two of length, the value. */
function fields(text: string): Map<string, string> {
  const out = new Map<string, string>();
  for (let at = 0; at < text.length;) {
    const length = Number(text.slice(at + 2, at + 4));
    out.set(text.slice(at, at + 2), text.slice(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return out;
}

/** CRC-16/CCITT-FALSE, as EMVCo asks for it. */
function crc(text: string): string {
  let crc = 0xffff;
  for (const c of text) {
    crc ^= c.charCodeAt(0) << 8;
    for (let i = 0; i < 8; i++) crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff;
  }
  return crc.toString(16).toUpperCase().padStart(4, "0");
}

it("says account, amount and purpose as a banking app reads them", async () => {
  const text = await vietqr({ bank: "970405", number: "MOPHONG0001" }, 198_000, "BHXH 8F21C3A4");
  const all = fields(text);
  expect(all.get("01")).toBe("12"); // for this payment alone
  expect(all.get("53")).toBe("704"); // đồng
  expect(all.get("54")).toBe("198000");
  expect(all.get("58")).toBe("VN");
  const bank = fields(all.get("38") ?? "");
  expect(bank.get("00")).toBe("A000000727"); // NAPAS
  expect(bank.get("02")).toBe("QRIBFTTA"); // to an account
  const to = fields(bank.get("01") ?? "");
  expect([to.get("00"), to.get("01")]).toEqual(["970405", "MOPHONG0001"]);
  expect(fields(all.get("62") ?? "").get("08")).toBe("BHXH 8F21C3A4");
  expect(all.get("63")).toBe(crc(text.slice(0, -4)));
});

it("makes a purpose that banks carry, another one each time", () => {
  const made = new Set(Array.from({ length: 200 }, newPurpose));
  expect(made.size).toBe(200);
  for (const purpose of made) expect(purpose).toMatch(/^BHXH [2-9A-Z]{8}$/);
});
