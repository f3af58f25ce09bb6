/**
 * Sealing what lies on the phone, by the browser's own cryptography.
 *
 * Each worker has a data key (AES-256-GCM). It is kept under a key made from the
 * PIN (PBKDF2-SHA-256), and once more for the server (ECDH P-256, HKDF), so that
 * who forgot the PIN, or a phone that comes to the office broken, loses nothing.
 * A PIN of six digits keeps out who finds a phone, not who copies its storage
 * and tries a million PINs: docs/phone.md says so.
 */
import type { Rescue } from "./db";

/** A text that only its key opens, bound to what it is for. */
export interface Sealed {
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly data: ArrayBuffer;
}

/** Rounds of PBKDF2-SHA-256 (OWASP, 2023). */
export const rounds = 600_000;

/** A PIN that is wrong: what was sealed does not open by it. */
export class WrongPin extends Error {
  constructor() {
    super("wrong PIN");
    this.name = "WrongPin";
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export const random = (bytes: number): Uint8Array<ArrayBuffer> =>
  crypto.getRandomValues(new Uint8Array(bytes));

const aes = (iv: Uint8Array<ArrayBuffer>, purpose: string): AesGcmParams => ({
  name: "AES-GCM",
  iv,
  additionalData: encoder.encode(purpose),
});

const imported = (raw: BufferSource): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);

/** A worker's data key; it leaves this class only sealed. */
export class DataKey {
  private constructor(private readonly key: CryptoKey) {}

  /** A new key, sealed under a PIN and to the server. */
  static async make(
    pin: string,
    salt: Uint8Array<ArrayBuffer>,
    server: ServerKey,
    worker: string,
    device: string,
  ): Promise<{ key: DataKey; wrapped: Sealed; rescue: Rescue }> {
    const raw = random(32);
    try {
      const iv = random(12);
      const under = await pinKey(pin, salt, rounds);
      const wrapped = {
        iv,
        data: await crypto.subtle.encrypt(aes(iv, `key ${worker}`), under, raw),
      };
      const rescue = await server.seal(raw, worker, device);
      return { key: new DataKey(await imported(raw)), wrapped, rescue };
    } finally {
      raw.fill(0);
    }
  }

  /** Opens a key by the PIN. @throws WrongPin */
  static async open(
    pin: string,
    salt: Uint8Array<ArrayBuffer>,
    turns: number,
    wrapped: Sealed,
    worker: string,
  ): Promise<DataKey> {
    const under = await pinKey(pin, salt, turns);
    let raw: ArrayBuffer;
    try {
      raw = await crypto.subtle.decrypt(aes(wrapped.iv, `key ${worker}`), under, wrapped.data);
    } catch {
      throw new WrongPin();
    }
    const key = await imported(raw);
    new Uint8Array(raw).fill(0);
    return new DataKey(key);
  }

  async sealBytes(purpose: string, bytes: BufferSource): Promise<Sealed> {
    const iv = random(12);
    return { iv, data: await crypto.subtle.encrypt(aes(iv, purpose), this.key, bytes) };
  }

  seal = (purpose: string, text: string): Promise<Sealed> =>
    this.sealBytes(purpose, encoder.encode(text));

  openBytes = (purpose: string, sealed: Sealed): Promise<ArrayBuffer> =>
    crypto.subtle.decrypt(aes(sealed.iv, purpose), this.key, sealed.data);

  open = async (purpose: string, sealed: Sealed): Promise<string> =>
    decoder.decode(await this.openBytes(purpose, sealed));
}

async function pinKey(
  pin: string,
  salt: Uint8Array<ArrayBuffer>,
  iterations: number,
): Promise<CryptoKey> {
  const typed = await crypto.subtle.importKey("raw", encoder.encode(pin), "PBKDF2", false, [
    "deriveKey",
  ]);
  return await crypto.subtle.deriveKey(
    { name: "PBKDF2", hash: "SHA-256", salt, iterations },
    typed,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt", "decrypt"],
  );
}

/** The server's public key, as a pull gives it. */
export class ServerKey {
  constructor(
    readonly id: string,
    private readonly point: Uint8Array<ArrayBuffer>,
  ) {}

  static of = (told: { id: string; key: string }): ServerKey =>
    new ServerKey(told.id, fromBase64(told.key));

  /** Seals a data key so that the server alone opens it, for a rescue. */
  async seal(raw: BufferSource, worker: string, device: string): Promise<Rescue> {
    const curve = { name: "ECDH", namedCurve: "P-256" };
    const theirs = await crypto.subtle.importKey("raw", this.point, curve, false, []);
    const ours = await crypto.subtle.generateKey(curve, false, ["deriveBits"]);
    const shared = await crypto.subtle.deriveBits(
      { name: "ECDH", public: theirs },
      ours.privateKey,
      256,
    );
    const key = await crypto.subtle.deriveKey(
      {
        name: "HKDF",
        hash: "SHA-256",
        salt: new Uint8Array(),
        info: encoder.encode(`caunoi rescue v1 ${worker} ${device}`),
      },
      await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]),
      { name: "AES-GCM", length: 256 },
      false,
      ["encrypt"],
    );
    const iv = random(12);
    const ct = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, raw);
    const epk = await crypto.subtle.exportKey("raw", ours.publicKey);
    return {
      seal: this.id,
      epk: toBase64(epk),
      iv: toBase64(iv),
      ct: toBase64(ct),
    };
  }
}

export function toBase64(bytes: ArrayBuffer | Uint8Array): string {
  let text = "";
  for (const byte of new Uint8Array(bytes)) text += String.fromCharCode(byte);
  return btoa(text);
}

export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}
