/**
 * Where records lie and whom the phone speaks to. There are two realms that share
 * nothing: work, and practice, which is a page of its own (`?practice`) with
 * another database and an office that is made up in the page.
 */
export interface Realm {
  /** The name of its database in the browser. */
  readonly database: string;
  /** What the ids of its phones begin with; the server refuses those of practice. */
  readonly device: string;
  readonly practice: boolean;
  /** The only way out that a phone of it has. */
  readonly fetch: typeof fetch;
}

export const work: Realm = {
  database: "caunoi-field",
  device: "",
  practice: false,
  fetch: (input, init) => fetch(input, init),
};

/** Whether this page is that of practice. */
export const practising = (): boolean => location.search === "?practice";

/**
 * Has the browser refuse whatever the page of practice would ask of any server,
 * by whichever script and way, but for the files of the policy engine and the articles.
 */
export function fence(): void {
  const files = ["policy.wasm", "parameters.json", "articles.json"].map(
    (name) => new URL(name, location.href).href,
  );
  const meta = document.createElement("meta");
  meta.httpEquiv = "Content-Security-Policy";
  meta.content = `connect-src ${files.join(" ")}; form-action 'none'`;
  document.head.append(meta);
}
