import { describe, expect, it } from "vitest";
import { told } from "./audit";

describe("a detail of the audit", () => {
  it.each([
    ["day", "2025-11-23", "23/11/2025"],
    ["office_before", "sa-pa", "Sa Pa"],
    ["role", "lead", "Phụ trách cơ sở"],
    ["by", "password", "mật khẩu"],
    ["reason", "clock_set", "Đồng hồ bị chỉnh"],
    ["until", "2025-11-23T01:05:00Z", "23/11 08:05"],
    ["device", "019a-mô-phỏng", "019a-mô-phỏng"], // what has no name stays as it is
  ])("%s %s: %s", (name, value, text) =>
    expect(told(name, value, { "sa-pa": "Sa Pa" })).toBe(text),
  );
});
