/** Archives as tar writes them (ustar). */

export interface TarEntry {
  readonly name: string
  readonly type: "file" | "directory"
  /** Permission bits. */
  readonly mode: number
  readonly data: Uint8Array
}

const BLOCK = 512

const octal = (value: number, length: number): string =>
  `${Math.floor(value)
    .toString(8)
    .padStart(length - 1, "0")}\0`

const header = ({ name, type, mode, data }: TarEntry, at: number): Uint8Array => {
  const block = new Uint8Array(BLOCK)
  const put = (text: string, from: number) => block.set(new TextEncoder().encode(text), from)
  const bytes = new TextEncoder().encode(name)
  // A longer name goes in two parts, cut at a slash.
  const cut = bytes.length > 100 ? name.lastIndexOf("/", 154) : -1
  put((cut > 0 ? name.slice(cut + 1) : name).slice(0, 100), 0)
  put(octal(mode & 0o7777, 8), 100)
  put(octal(0, 8), 108)
  put(octal(0, 8), 116)
  put(octal(data.length, 12), 124)
  put(octal(at / 1_000, 12), 136)
  put("        ", 148)
  put(type === "directory" ? "5" : "0", 156)
  put("ustar\x0000", 257)
  if (cut > 0) put(name.slice(0, cut), 345)
  put(
    `${octal(
      block.reduce((sum, byte) => sum + byte, 0),
      7,
    )} `,
    148,
  )
  return block
}

/** `at`: ms since the epoch, for all entries. */
export const packTar = (entries: readonly TarEntry[], at: number): Uint8Array => {
  const size = entries.reduce((sum, { data }) => sum + BLOCK + Math.ceil(data.length / BLOCK) * BLOCK, 2 * BLOCK)
  const archive = new Uint8Array(size)
  let to = 0
  for (const entry of entries) {
    archive.set(header(entry, at), to)
    archive.set(entry.data, to + BLOCK)
    to += BLOCK + Math.ceil(entry.data.length / BLOCK) * BLOCK
  }
  return archive
}

export const unpackTar = (archive: Uint8Array): TarEntry[] => {
  const entries: TarEntry[] = []
  const decoder = new TextDecoder()
  for (let at = 0; at + BLOCK <= archive.length; ) {
    const block = archive.subarray(at, at + BLOCK)
    const text = (from: number, length: number) => decoder.decode(block.subarray(from, from + length)).replace(/\0[\s\S]*$/, "")
    const name = text(0, 100)
    if (name === "") break
    const size = Number.parseInt(text(124, 12).trim(), 8) || 0
    const prefix = text(345, 155)
    const kind = text(156, 1)
    const full = prefix ? `${prefix}/${name}` : name
    if (kind === "5" || kind === "0" || kind === "")
      entries.push({
        name: full,
        type: kind === "5" || full.endsWith("/") ? "directory" : "file",
        mode: Number.parseInt(text(100, 8).trim(), 8) || 0o644,
        data: archive.slice(at + BLOCK, at + BLOCK + size),
      })
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK
  }
  return entries
}
