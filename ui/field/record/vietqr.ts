/** The QR code that a banking app reads: account, amount and purpose (EMVCo, NAPAS). */
import type { Account } from "./account";

/** As long as NAPAS carries it, and as banks print it: capitals and digits. */
const mostPurpose = 25;

/** A purpose by which the transfer is found in the account; random, and of nobody. */
export function newPurpose(): string {
  const letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
  const picked = crypto.getRandomValues(new Uint8Array(8));
  return `BHXH ${[...picked].map((n) => letters[n % letters.length]).join("")}`;
}

/** The text of the code. Loaded when it is shown; no network is needed. */
export async function vietqr(
  account: Pick<Account, "bank" | "number">,
  amount: number,
  purpose: string,
): Promise<string> {
  const { QRPay } = await import("vietnam-qr-pay");
  return QRPay.initVietQR({
    bankBin: account.bank,
    bankNumber: account.number,
    amount: String(amount),
    purpose: purpose.slice(0, mostPurpose),
  }).build();
}
