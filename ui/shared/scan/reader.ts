/** Reads QR codes in pictures: by the browser where it can, else by ZXing. */
import { readerModule, readsItself } from "./module";

export type Asked =
  | { readonly module: ArrayBuffer | null } // null: the browser reads itself
  | { readonly id: number; readonly picture: ImageBitmap };

export interface Told {
  readonly id: number;
  /** What the codes of the picture say; null where it could not be looked at. */
  readonly texts: readonly string[] | null;
}

export class Reader {
  readonly #waiting = new Map<number, (texts: Told["texts"]) => void>();
  readonly #worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  #last = 0;

  private constructor(private byBrowser: boolean) {
    this.#worker.onmessage = ({ data }: MessageEvent<Told>) => {
      this.#waiting.get(data.id)?.(data.texts);
      this.#waiting.delete(data.id);
    };
    this.#worker.onerror = () => {
      for (const tell of this.#waiting.values()) tell(null);
      this.#waiting.clear();
    };
  }

  /** @throws Error where what it needs is neither kept nor within reach */
  static async open(): Promise<Reader> {
    const module = (await readsItself()) ? null : await readerModule();
    const reader = new Reader(!module);
    reader.#use(module);
    return reader;
  }

  #use(module: ArrayBuffer | null): void {
    this.#worker.postMessage({ module } satisfies Asked, module ? [module] : []);
  }

  /**
   * What the codes of a picture say, which it takes; null where it could not look.
   * @throws Error as {@link open}
   */
  async read(picture: ImageBitmap): Promise<Told["texts"]> {
    const id = ++this.#last;
    const texts = await new Promise<Told["texts"]>((resolve) => {
      this.#waiting.set(id, resolve);
      this.#worker.postMessage({ id, picture } satisfies Asked, [picture]);
    });
    if (!texts && this.byBrowser) {
      // On some phones the browser's own asks for what is not installed.
      this.#use(await readerModule());
      this.byBrowser = false;
    }
    return texts;
  }

  close(): void {
    this.#worker.terminate();
  }
}
