/** The account to which somebody is paid. */
import { accountNumberOf, isAccountNumber } from "$shared/typed";
import type { Faults } from "./person";

export interface Account {
  bank: string; // the bank's number at NAPAS (BIN)
  number: string; // as typed
  holder: string;
}

/** What was told before; whom the money is for holds the account, unless told otherwise. */
export function accountBy(had: unknown, name: string): Account {
  const of = (typeof had === "object" && had !== null ? had : {}) as Partial<Account>;
  return { bank: of.bank ?? "", number: of.number ?? "", holder: of.holder ?? name };
}

/** Bank and number are told together, or not yet. */
export function faultsOfAccount(account: Account, method: string): Faults {
  const number = accountNumberOf(account.number);
  if (method === "wallet" || (!account.bank && !number)) return {};
  return {
    ...(!account.bank && { bank: "fault.bank" }),
    ...(!isAccountNumber(number) && { number: "fault.account" }),
  };
}

/** As an entry holds it. */
export function accountOf(account: Account): Account | undefined {
  const number = accountNumberOf(account.number);
  if (!account.bank || !number) return undefined;
  return { bank: account.bank, number, holder: account.holder.trim() };
}
