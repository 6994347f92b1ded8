/** The ustar format: members with a header of 512 bytes each, padded to blocks. */
import type { FileStat } from "@drydock/machine"

export interface Entry {
  name: string
  stat: Pick<FileStat, "type" | "mode" | "uid" | "gid" | "size" | "modifiedAt">
  user: string
  group: string
  link: string
  content: Uint8Array
}

const BLOCK = 512
const encoder = new TextEncoder()
const decoder = new TextDecoder()

const FLAGS: Readonly<Record<string, string>> = { file: "0", symlink: "2", directory: "5", fifo: "6" }

const header = (entry: Entry): Uint8Array => {
  const block = new Uint8Array(BLOCK)
  const put = (text: string, at: number, size: number) => block.set(encoder.encode(text).subarray(0, size), at)
  const octal = (value: number, at: number, size: number) =>
    put(
      `${Math.floor(value)
        .toString(8)
        .padStart(size - 1, "0")}\0`,
      at,
      size,
    )
  let { name } = entry
  let prefix = ""
  if (name.length > 100) {
    const cut = name.lastIndexOf("/", 155)
    prefix = name.slice(0, cut)
    name = name.slice(cut + 1)
  }
  put(name, 0, 100)
  octal(entry.stat.mode & 0o7777, 100, 8)
  octal(entry.stat.uid, 108, 8)
  octal(entry.stat.gid, 116, 8)
  octal(entry.content.length, 124, 12)
  octal(entry.stat.modifiedAt / 1_000, 136, 12)
  put("        ", 148, 8)
  put(FLAGS[entry.stat.type] ?? "0", 156, 1)
  put(entry.link, 157, 100)
  put("ustar\u000000", 257, 8)
  put(entry.user, 265, 32)
  put(entry.group, 297, 32)
  put(prefix, 345, 155)
  put(
    `${block
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, "0")}\0 `,
    148,
    8,
  )
  return block
}

export const archive = (entries: readonly Entry[]): Uint8Array => {
  const padded = (length: number) => Math.ceil(length / BLOCK) * BLOCK
  const size = entries.reduce((sum, { content }) => sum + BLOCK + padded(content.length), 0) + 2 * BLOCK
  const bytes = new Uint8Array(Math.ceil(size / 10_240) * 10_240)
  let at = 0
  for (const entry of entries) {
    bytes.set(header(entry), at)
    bytes.set(entry.content, at + BLOCK)
    at += BLOCK + padded(entry.content.length)
  }
  return bytes
}

/** What is no archive, in tar's words. */
export class ArchiveError extends Error {}

/** Members in their order. Throws ArchiveError. */
export const entriesIn = (bytes: Uint8Array): Entry[] => {
  const entries: Entry[] = []
  if (bytes.length > 0 && bytes.length < BLOCK) throw new ArchiveError("This does not look like a tar archive")
  let longName: string | undefined
  for (let at = 0; at + BLOCK <= bytes.length; ) {
    const block = bytes.subarray(at, at + BLOCK)
    if (block.every((byte) => byte === 0)) break
    const text = (from: number, size: number) => decoder.decode(block.subarray(from, from + size)).replace(/\0[\s\S]*$/, "")
    const octal = (from: number, size: number) => Number.parseInt(text(from, size).trim() || "0", 8)
    const sum = octal(148, 8)
    const actual = block.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0)
    if (sum !== actual) throw new ArchiveError(entries.length === 0 ? "This does not look like a tar archive" : "Skipping to next header")
    const size = octal(124, 12)
    const content = bytes.slice(at + BLOCK, at + BLOCK + size)
    const flag = text(156, 1)
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK
    // GNU's and pax's ways to say a long name.
    if (flag === "L") {
      longName = decoder.decode(content).replace(/\0[\s\S]*$/, "")
      continue
    }
    if (flag === "x" || flag === "g") {
      longName = /^\d+ path=(.*)$/m.exec(decoder.decode(content))?.[1] ?? longName
      continue
    }
    const prefix = text(257, 5) === "ustar" ? text(345, 155) : ""
    const type = flag === "5" ? "directory" : flag === "2" ? "symlink" : flag === "6" ? "fifo" : "file"
    entries.push({
      name: longName ?? (prefix === "" ? text(0, 100) : `${prefix}/${text(0, 100)}`),
      stat: { type, mode: octal(100, 8), uid: octal(108, 8), gid: octal(116, 8), size, modifiedAt: octal(136, 12) * 1_000 },
      user: text(265, 32),
      group: text(297, 32),
      link: text(157, 100),
      content,
    })
    longName = undefined
  }
  return entries
}
