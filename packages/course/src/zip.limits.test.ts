/** A lesson as a zip, both ways; and zips that mean harm, each refused with the entry's name and the reason. */
import { type Zippable, zipSync } from "fflate"
import { expect, test } from "vitest"
import { packFiles, unpackFiles } from "./zip.ts"

const text = (content: string) => new TextEncoder().encode(content)
const zipped = (entries: Zippable) => zipSync(entries)
const refused = (bytes: Uint8Array) => unpackFiles(bytes).problems.map(({ file, message }) => `${file}: ${message}`)

test("what is packed is unpacked, the same bytes for the same files, without the folder around", () => {
  const files = new Map([
    ["lesson.md", "---\ntitle: Ä\n---\n"],
    ["lab.yaml", "tasks: []\n"],
    ["files/a/b.yaml", ""],
  ])
  const packed = packFiles(files, "07-mine/")
  expect(packFiles(new Map([...files].reverse()), "07-mine/")).toEqual(packed)
  expect(unpackFiles(packed)).toEqual({ files: new Map([...files].sort()), problems: [] })
})

test.each<[string, Zippable, string[]]>([
  ["a way out of the folder", { "../x": text("a"), "lab.yaml": text("a") }, ["../x: its name leads out of the folder"]],
  ["a way out in the middle", { "files/../../x": text("a") }, ["files/../../x: its name leads out of the folder"]],
  [
    "the root of a disk",
    { "/etc/passwd": text("a"), "C:/x": text("a") },
    ["/etc/passwd: its name begins at the root of a disk", "C:/x: its name begins at the root of a disk"],
  ],
  ["a backslash", { "a\\b": text("a") }, ["a\\b: its name has a backslash; names are divided by /"]],
  ["a link", { link: [text("/etc"), { os: 3, attrs: 0o120777 << 16 }] }, ["link: it is a link, and a lesson has files alone"]],
  ["what is no text", { "a.png": new Uint8Array([0x89, 0xff, 0xfe]) }, ["a.png: it is not text in UTF-8"]],
  ["a bomb that says so", { bomb: new Uint8Array(12 * 1024 * 1024) }, ["bomb: this file has 12 MiB; a file of a lesson may have 1 MiB"]],
])("%s", (_, entries, expected) => {
  expect(refused(zipped(entries))).toEqual(expected)
})

/** The zip with a number in its central directory changed. */
const forged = (bytes: Uint8Array, field: number, value: number, length: 2 | 4 = 4): Uint8Array => {
  const copy = bytes.slice()
  const view = new DataView(copy.buffer)
  for (let at = 0; at < copy.length - 4; at++)
    if (view.getUint32(at, true) === 0x02014b50) {
      if (length === 2) view.setUint16(at + field, value, true)
      else view.setUint32(at + field, value, true)
    }
  return copy
}

test("a bomb that lies about its size ends at the size it says", () => {
  const bomb = forged(zipped({ bomb: new Uint8Array(12 * 1024 * 1024) }), 24, 1000)
  expect(refused(bomb)).toEqual(["bomb: it holds more than the list says"])
  expect(refused(forged(zipped({ a: text("abc".repeat(50)) }), 24, 1000))).toEqual(["a: it holds less than the list says"])
})

test("encrypted, damaged, doubled, cut off, too many, or no zip at all", () => {
  const good = zipped({ "a.txt": text("hello hello hello hello") })
  expect(refused(forged(good, 8, 1, 2))).toEqual(["a.txt: it is encrypted"])
  expect(refused(forged(good, 10, 12, 2))).toEqual(["a.txt: it is packed in a way that is not read here"])
  expect(refused(forged(good, 16, 7))).toEqual(["a.txt: it is damaged: its checksum is another"])
  expect(refused(forged(good, 42, 1_000_000))).toEqual(["a.txt: its data is not where the list says"])
  expect(refused(good.slice(0, 30))).toEqual([": this is not a zip file, or its end is missing"])
  expect(refused(new Uint8Array(0))).toEqual([": this is not a zip file, or its end is missing"])
  expect(refused(new Uint8Array(9 * 1024 * 1024))).toEqual([": the zip file has 9 MiB; 8 MiB are allowed"])
  const many = Object.fromEntries(Array.from({ length: 502 }, (_, index) => [`f${index}`, text("x")]))
  expect(refused(zipped(many))).toEqual(
    Array.from({ length: 2 }, (_, index) => `f${index + 500}: this is one file too many; a lesson may have 500`),
  )
  const large = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`f${index}`, text(`${index}`.repeat(1024 * 1024))]))
  expect(refused(zipped(large))).toEqual([
    "f8: with this file the lesson has more than 8 MiB",
    "f9: with this file the lesson has more than 8 MiB",
  ])
})
