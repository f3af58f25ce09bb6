/**
 * The host's half of policy.wasm, for browsers and Node: bytes in, bytes out.
 *
 * The module is WASI preview 1 but asks for little: a clock, random numbers,
 * and a place to write why it stopped.
 */

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * @param {WebAssembly.Module} module
 * @param {string[]} files the parameters that the server goes by, in their order
 */
export async function load(module, files) {
  /** @type {WebAssembly.Memory} */
  let memory;
  const view = () => new DataView(memory.buffer);
  const none = (/** @type {number} */ count, /** @type {number} */ size) => {
    view().setUint32(count, 0, true);
    view().setUint32(size, 0, true);
    return 0;
  };
  const instance = await WebAssembly.instantiate(module, {
    wasi_snapshot_preview1: {
      args_get: () => 0,
      args_sizes_get: none,
      environ_get: () => 0,
      environ_sizes_get: none,
      sched_yield: () => 0,
      poll_oneoff: () => 0,
      proc_exit: (/** @type {number} */ code) => {
        throw new Error(`policy.wasm stopped with ${code}`);
      },
      clock_time_get: (
        /** @type {number} */ _id,
        /** @type {bigint} */ _precision,
        /** @type {number} */ at,
      ) => {
        view().setBigUint64(
          at,
          BigInt(Math.round(performance.now() * 1e6)),
          true,
        );
        return 0;
      },
      random_get: (/** @type {number} */ at, /** @type {number} */ n) => {
        crypto.getRandomValues(new Uint8Array(memory.buffer, at, n));
        return 0;
      },
      fd_write: (
        /** @type {number} */ _fd,
        /** @type {number} */ vectors,
        /** @type {number} */ count,
        /** @type {number} */ written,
      ) => {
        let all = 0;
        for (let i = 0; i < count; i++) {
          const at = view().getUint32(vectors + 8 * i, true);
          const n = view().getUint32(vectors + 8 * i + 4, true);
          console.error(decoder.decode(new Uint8Array(memory.buffer, at, n)));
          all += n;
        }
        view().setUint32(written, all, true);
        return 0;
      },
    },
  });
  const wasm = /** @type {any} */ (instance.exports);
  memory = wasm.memory;
  wasm._initialize();

  /** @type {(f: (n: number) => bigint, bytes: Uint8Array) => Uint8Array} */
  const call = (f, bytes) => {
    const at = wasm.room(bytes.length) >>> 0;
    new Uint8Array(memory.buffer, at, bytes.length).set(bytes);
    const packed = BigInt.asUintN(64, f(bytes.length));
    return new Uint8Array(
      memory.buffer,
      Number(packed >> 32n),
      Number(packed & 0xffffffffn),
    ).slice();
  };
  for (const file of files) {
    const wrong = decoder.decode(call(wasm.parameters, encoder.encode(file)));
    if (wrong) throw new Error(wrong);
  }
  return {
    /**
     * A question as JSON in UTF-8; the answer likewise.
     *
     * @type {(question: Uint8Array) => Uint8Array}
     */
    bytes: (question) => call(wasm.answer, question),
    /** @type {(question: object) => any} */
    ask: (question) =>
      JSON.parse(
        decoder.decode(
          call(wasm.answer, encoder.encode(JSON.stringify(question))),
        ),
      ),
  };
}
