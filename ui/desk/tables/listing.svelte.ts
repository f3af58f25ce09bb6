import { address } from "../address.svelte";
import { choosing, chosen, holds, orderOf, wordOf, type Choice } from "./choice";
import { press, sorted, type Order, type SortValue } from "./sorting";

/** Something that rows have: they can be put in order by it, and it is a column of their file. */
export type Column<Row> = {
  id: string;
  label: string;
  /** By what rows are put in order; without it they are not. */
  sort?: (row: Row) => SortValue;
  /** What the file says, where that is not what sorts; null for a column that is only an order. */
  cell?: ((row: Row) => SortValue) | null;
  /** Begins with the highest. */
  high?: boolean;
  /** Has one direction alone. */
  oneWay?: boolean;
};

type Usual = Choice & { q: string; by: string };

/** What is chosen of a list: words, filters and order, all in the address. */
export class Choices<Row> {
  readonly #usual: Usual;
  readonly #columns: () => readonly Column<Row>[];
  readonly #params: Choice;

  /**
   * `params` are what choices are called in the address where their own names
   * mean something else there already, as with two lists on one screen.
   */
  constructor(usual: Usual, columns: () => readonly Column<Row>[], params: Choice = {}) {
    this.#usual = usual;
    this.#columns = columns;
    this.#params = params;
  }

  readonly #addressed = (choice: Choice): Choice =>
    Object.fromEntries(Object.entries(choice).map(([n, v]) => [this.#params[n] ?? n, v]));

  readonly choice: Record<string, string> & { q: string; by: string } = $derived.by(() => {
    const told = chosen(address.url, this.#addressed(this.#usual));
    const own = Object.keys(this.#usual).map((n) => [n, told[this.#params[n] ?? n] ?? ""]);
    return Object.fromEntries(own) as Usual;
  });

  readonly columns: readonly Column<Row>[] = $derived.by(() => this.#columns());
  readonly orders: readonly Column<Row>[] = $derived(this.columns.filter((c) => c.sort));

  /** The order in force: what an address asks for that is no order is as usual. */
  readonly order: Order = $derived.by(() => {
    const asked = orderOf(this.choice.by);
    return this.orders.some((c) => c.id === asked.column) ? asked : orderOf(this.#usual.by);
  });

  /** Whether anything is looked for or left out. */
  readonly narrowed: boolean = $derived(
    Object.entries(this.choice).some(([n, v]) => n !== "by" && v !== this.#usual[n]),
  );

  href(change: Choice): string {
    return choosing(address.url, this.#addressed(this.#usual), this.#addressed(change));
  }

  readonly set = (change: Choice): void => address.go(this.href(change), "replace");

  /** Shows all again, in the same order. */
  readonly clear = (): void => this.set({ ...this.#usual, by: this.choice.by });

  /** Puts in order by a column; by the same once more, the other way round. */
  readonly press = (id: string): void => {
    const column = this.orders.find((c) => c.id === id);
    if (column) this.set({ by: wordOf(press(this.order, id, column.high ?? false)) });
  };

  readonly turn = (): void => this.set({ by: wordOf({ ...this.order, down: !this.order.down }) });

  readonly #filed = $derived(this.columns.filter((c) => c.cell !== null));
  readonly headings: string[] = $derived(this.#filed.map((c) => c.label));

  /** Rows as a file says them. */
  cells(rows: readonly Row[]): SortValue[][] {
    return rows.map((row) => this.#filed.map((c) => (c.cell ?? c.sort)?.(row) ?? null));
  }
}

/** A list that is here as a whole: what of it is shown, in its order. */
export class Listing<Row> extends Choices<Row> {
  readonly #all: () => readonly Row[];
  readonly #text: (row: Row) => string;
  readonly #fits: Record<string, (row: Row, value: string) => boolean>;

  constructor(of: {
    rows: () => readonly Row[];
    columns: () => readonly Column<Row>[];
    usual: Usual;
    /** What is searched. */
    text?: (row: Row) => string;
    /** Whether a row fits a filter that is set, by the filter's name. */
    fits?: Record<string, (row: Row, value: string) => boolean>;
    params?: Choice;
  }) {
    super(of.usual, of.columns, of.params);
    this.#all = of.rows;
    this.#text = of.text ?? (() => "");
    this.#fits = of.fits ?? {};
  }

  // A row's text is put together once, not at each key.
  readonly #texts = $derived.by(() => this.#all().map((row) => ({ row, text: this.#text(row) })));

  /** What fits, whatever one of the filters says: what each of its values would show. */
  without(filter: string): Row[] {
    const set = Object.entries(this.#fits).filter(([n]) => n !== filter && this.choice[n]);
    return this.#texts
      .filter(
        ({ row, text }) =>
          holds(text, this.choice.q) && set.every(([n, fits]) => fits(row, this.choice[n] ?? "")),
      )
      .map(({ row }) => row);
  }

  readonly rows: readonly Row[] = $derived.by(() => {
    const column = this.orders.find((c) => c.id === this.order.column);
    const found = this.without("");
    return column?.sort ? sorted(found, column.sort, this.order.down) : found;
  });

  readonly file = (): SortValue[][] => this.cells(this.rows);
}

/** The offices that rows are of, by name, for a filter. */
export function officesOf(
  offices: readonly { id: string; name: string }[],
): [id: string, name: string][] {
  return [...new Map(offices.map((o) => [o.id, o.name]))].sort((a, b) =>
    a[1].localeCompare(b[1], "vi"),
  );
}
