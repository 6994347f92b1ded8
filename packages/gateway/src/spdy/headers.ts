/** Header blocks of SPDY/3: name-value pairs in one zlib stream for each direction of a connection. */
import { constants, createInflate } from "node:zlib"
import { DICTIONARY, DICTIONARY_ID } from "./dictionary.ts"

export type Headers = ReadonlyMap<string, string>

/** A block larger than this when unpacked is no header of ours. */
const MAX_BLOCK_BYTES = 64 * 1024

/** Throws RangeError for a block that says more than it holds. */
const parseBlock = (block: Buffer): Headers => {
  const headers = new Map<string, string>()
  let at = 0
  const number = () => {
    at += 4
    return block.readUInt32BE(at - 4)
  }
  const text = () => {
    const length = number()
    if (at + length > block.length) throw new RangeError("header block is cut")
    at += length
    return block.toString("utf8", at - length, at)
  }
  for (let left = number(); left > 0; left--) {
    const name = text()
    headers.set(name.toLowerCase(), text())
  }
  return headers
}

/** Unpacks the blocks of one direction, in their order. */
export class HeaderReader {
  readonly #inflate = createInflate({ dictionary: DICTIONARY, flush: constants.Z_SYNC_FLUSH })
  #failed: Error | undefined
  #abandon: ((error: Error) => void) | undefined

  constructor() {
    this.#inflate.on("error", (error) => {
      this.#failed = error
      this.#abandon?.(error)
    })
  }

  /** Rejects for what is no header block; the stream is then beyond repair. */
  read(packed: Uint8Array): Promise<Headers> {
    return new Promise((resolve, reject) => {
      if (this.#failed) return reject(this.#failed)
      this.#abandon = reject
      this.#inflate.write(packed, () => {
        const parts: Buffer[] = []
        let size = 0
        for (let part = this.#inflate.read() as Buffer | null; part !== null; part = this.#inflate.read() as Buffer | null) {
          parts.push(part)
          size += part.length
          if (size > MAX_BLOCK_BYTES) return reject(new RangeError("header block is too large"))
        }
        try {
          resolve(parseBlock(Buffer.concat(parts)))
        } catch (error) {
          reject(error as Error)
        }
      })
    })
  }

  close(): void {
    this.#inflate.close()
  }
}

/** Packs empty blocks, all that a server's replies carry: stored, not compressed, so that no state has to be kept. */
export class EmptyHeaderWriter {
  #begun = false

  next(): Buffer {
    // A stored block of four zero bytes, "no pairs"; then an empty one, at which Go's reader hands out what it has.
    const block = Buffer.from([0, 4, 0, 0xfb, 0xff, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff])
    if (this.#begun) return block
    this.#begun = true
    // CMF and FLG (32 KB window, preset dictionary), then which dictionary.
    const head = Buffer.from([0x78, 0xbb, 0, 0, 0, 0])
    head.writeUInt32BE(DICTIONARY_ID, 2)
    return Buffer.concat([head, block])
  }
}
