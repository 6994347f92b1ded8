/** A lesson as one zip file, both ways. Reading trusts nothing that the file says: names, sizes and amounts are held to limits before and while inflating. */
import { Inflate, strToU8, zipSync } from "fflate"
import { LARGEST_FILE, LARGEST_LESSON, sizeProblem } from "./limits.ts"
import type { Problem } from "./lesson.ts"

/** Bytes of a zip file that is looked at at all. */
const LARGEST_ZIP = LARGEST_LESSON
/** Entries in its list, folders and refused ones included. */
const MOST_ENTRIES = 2_000
/** Compressed bytes given to the inflater at once: what they can grow to (1032 times) is looked at before the next. */
const PORTION = 8 * 1024

/** Equal files give equal bytes. @param folder put before every name */
export const packFiles = (files: ReadonlyMap<string, string | Uint8Array>, folder = ""): Uint8Array => {
  const entries: Record<string, Uint8Array> = {}
  for (const path of [...files.keys()].sort()) {
    const content = files.get(path) ?? ""
    entries[`${folder}${path}`] = typeof content === "string" ? strToU8(content) : content
  }
  // The oldest time that a zip file can hold.
  return zipSync(entries, { level: 6, mtime: new Date(1980, 0, 1) })
}

interface Entry {
  name: string
  method: number
  flags: number
  compressed: number
  size: number
  crc: number
  /** Of its local header. */
  offset: number
  /** High half of the external attributes: a Unix mode, if it was made there. */
  mode: number
}

const crcTable = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value
})

const crcOf = (bytes: Uint8Array): number => {
  let crc = 0xffffffff
  for (const byte of bytes) crc = crcTable[(crc ^ byte) & 0xff] ^ (crc >>> 8)
  return (crc ^ 0xffffffff) >>> 0
}

class Unreadable extends Error {}

/** The central directory, which alone decides what a zip file holds. */
const entriesOf = (bytes: Uint8Array): Entry[] => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let end = bytes.length - 22
  const first = Math.max(0, end - 0xffff)
  while (end >= first && view.getUint32(end, true) !== 0x06054b50) end--
  if (end < first || end < 0) throw new Unreadable("this is not a zip file, or its end is missing")
  const count = view.getUint16(end + 10, true)
  if (count === 0xffff || view.getUint32(end + 16, true) === 0xffffffff) throw new Unreadable("a zip file of the 64-bit kind is too large")
  if (count > MOST_ENTRIES) throw new Unreadable(`the zip file has ${count} entries; ${MOST_ENTRIES} are allowed`)
  const entries: Entry[] = []
  let at = view.getUint32(end + 16, true)
  const text = new TextDecoder("utf-8")
  for (let index = 0; index < count; index++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== 0x02014b50) throw new Unreadable("the zip file's list of entries is broken")
    const [nameLength, extra, comment] = [view.getUint16(at + 28, true), view.getUint16(at + 30, true), view.getUint16(at + 32, true)]
    entries.push({
      name: text.decode(bytes.subarray(at + 46, at + 46 + nameLength)),
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      compressed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      mode: view.getUint32(at + 38, true) >>> 16,
      offset: view.getUint32(at + 42, true),
    })
    at += 46 + nameLength + extra + comment
  }
  return entries
}

/** Why a name may not be unpacked; undefined when it may. */
const nameProblem = (name: string): string | undefined => {
  if (name === "" || name.length > 240 || /[\u0000-\u001f\u007f\ufffd]/.test(name)) return "its name is not a usable one"
  if (name.includes("\\")) return "its name has a backslash; names are divided by /"
  if (/^([A-Za-z]:|\/)/.test(name)) return "its name begins at the root of a disk"
  if (name.split("/").some((part) => part === ".." || part === ".")) return "its name leads out of the folder"
  return undefined
}

const dataOf = (bytes: Uint8Array, entry: Entry): Uint8Array => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (entry.offset + 30 > bytes.length || view.getUint32(entry.offset, true) !== 0x04034b50)
    throw new Unreadable("its data is not where the list says")
  const from = entry.offset + 30 + view.getUint16(entry.offset + 26, true) + view.getUint16(entry.offset + 28, true)
  if (from + entry.compressed > bytes.length) throw new Unreadable("its data is cut off")
  return bytes.subarray(from, from + entry.compressed)
}

/** Never more than `size` bytes, whatever the data does. */
const inflated = (data: Uint8Array, size: number): Uint8Array => {
  const out = new Uint8Array(size)
  let length = 0
  const inflate = new Inflate((chunk) => {
    if (length + chunk.length > size) throw new Unreadable("it holds more than the list says")
    out.set(chunk, length)
    length += chunk.length
  })
  try {
    for (let at = 0; at < data.length; at += PORTION) inflate.push(data.subarray(at, at + PORTION), at + PORTION >= data.length)
  } catch (error) {
    throw error instanceof Unreadable ? error : new Unreadable("its data cannot be unpacked")
  }
  if (length !== size) throw new Unreadable("it holds less than the list says")
  return out
}

const textOf = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** The folder that all files lie in, as "name/", or "". */
const commonFolder = (names: readonly string[]): string => {
  const folder = names[0]?.includes("/") ? names[0].slice(0, names[0].indexOf("/") + 1) : ""
  return folder !== "" && names.every((name) => name.startsWith(folder)) ? folder : ""
}

/**
 * Texts by path, without the one folder that may be around all of them. Every refused entry is a problem with its name as the place; never throws.
 * @param bytes the zip file
 */
export const unpackFiles = (bytes: Uint8Array): { files: Map<string, string>; problems: Problem[] } => {
  const { files, problems } = unpack(bytes, () => undefined)
  return { files: files as Map<string, string>, problems }
}

/** The same; what is no text comes as its bytes. */
export const unpackAll = (bytes: Uint8Array): { files: Map<string, string | Uint8Array>; problems: Problem[] } =>
  unpack(bytes, (content) => content)

/** @param otherwise what becomes of a file that is no text; undefined: it is refused */
const unpack = (
  bytes: Uint8Array,
  otherwise: (content: Uint8Array) => Uint8Array | undefined,
): { files: Map<string, string | Uint8Array>; problems: Problem[] } => {
  const files = new Map<string, string | Uint8Array>()
  const problems: Problem[] = []
  const refuse = (file: string, message: string) => problems.push({ file, line: 1, column: 1, message, severity: "error" })
  if (bytes.length > LARGEST_ZIP) {
    refuse("", `the zip file has ${Math.ceil(bytes.length / 1024 / 1024)} MiB; ${LARGEST_ZIP / 1024 / 1024} MiB are allowed`)
    return { files, problems }
  }
  let total = 0
  const unpacked = new Map<string, string | Uint8Array>()
  try {
    for (const entry of entriesOf(bytes)) {
      const { name } = entry
      const wrong = nameProblem(name)
      const shown = name.replace(/[\u0000-\u001f\u007f]/g, "?").slice(0, 240)
      if (wrong !== undefined) refuse(shown, wrong)
      else if (name.endsWith("/") || name.startsWith("__MACOSX/") || /(^|\/)\.DS_Store$/.test(name)) continue
      else if ((entry.mode & 0o170000) === 0o120000) refuse(shown, "it is a link, and a lesson has files alone")
      else if (entry.flags & 1) refuse(shown, "it is encrypted")
      else if (entry.method !== 0 && entry.method !== 8) refuse(shown, "it is packed in a way that is not read here")
      else if (unpacked.has(name)) refuse(shown, "there are two files of this name")
      else {
        const tooMuch = sizeProblem({
          size: Math.max(entry.size, entry.method === 0 ? entry.compressed : 0),
          files: unpacked.size,
          bytes: total,
        })
        if (tooMuch !== undefined) {
          refuse(shown, tooMuch)
          continue
        }
        total += entry.size
        try {
          const data = dataOf(bytes, entry)
          const content = entry.method === 0 ? data : inflated(data, Math.min(entry.size, LARGEST_FILE))
          const text = textOf(content) ?? otherwise(content)
          if (content.length !== entry.size || crcOf(content) !== entry.crc) refuse(shown, "it is damaged: its checksum is another")
          else if (text === undefined) refuse(shown, "it is not text in UTF-8")
          else unpacked.set(name, text)
        } catch (error) {
          if (!(error instanceof Unreadable)) throw error
          refuse(shown, error.message)
        }
      }
    }
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    refuse("", error.message)
  }
  const folder = commonFolder([...unpacked.keys()])
  for (const [name, text] of unpacked) files.set(name.slice(folder.length), text)
  return { files, problems }
}
