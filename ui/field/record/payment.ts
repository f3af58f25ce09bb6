import type { Faults } from "./person";

/** How an amount was handed over. */
export interface Payment {
  method: "cash" | "transfer" | "vietqr";
  /** The number on the paper receipt, or of the transfer. */
  receipt: string;
  /** The text by which a transfer by VietQR is found; made when its code is shown. */
  purpose: string;
}

export function paymentBy(had: unknown): Payment {
  const of = (typeof had === "object" && had !== null ? had : {}) as Record<string, unknown>;
  const { method, receipt, purpose } = of;
  return {
    method: method === "transfer" || method === "vietqr" ? method : "cash",
    receipt: typeof receipt === "string" ? receipt : "",
    purpose: typeof purpose === "string" ? purpose : "",
  };
}

/** As an entry holds it. */
export const paymentOf = ({ method, receipt, purpose }: Payment) => ({
  method,
  ...(method === "vietqr" && purpose && { purpose }),
  ...(receipt.trim() && { receipt: receipt.trim() }),
});

/** Cash is given for a receipt. */
export const faultsOfPayment = ({ method, receipt }: Payment): Faults =>
  method === "cash" && !receipt.trim() ? { receipt: "fault.receipt" } : {};
