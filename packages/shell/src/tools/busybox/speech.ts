/** How busybox' applets say what failed, where it is not "FILE: why". */
import type { Speech } from "./applet.ts"

/** As make_human_readable_str: one digit after the point, always. `kib`: KiB. */
const human = (kib: number): string => {
  let size = kib
  let power = 0
  while (size >= 1_024 && power < 4) {
    size /= 1_024
    power++
  }
  return kib === 0 ? "0" : `${size.toFixed(1)}${"KMGTP"[power]}`
}

const readable = (args: readonly string[]): boolean => args.some((word) => /^-[^-]*h/.test(word))
const withoutH = (args: readonly string[]): string[] => args.map((word) => (/^-[^-]/.test(word) ? word.replaceAll("h", "k") : word))

/** Counts nine wide, but for a single one. */
const counts = (text: string, args: readonly string[]): string => {
  const lines = text.trimEnd().split("\n")
  const one = lines.length === 1 && args.some((word) => /^-[clmwL]$/.test(word))
  return lines
    .map((line) => {
      const words = line.trim().split(/ +/)
      const numbers = words.findIndex((word) => !/^\d+$/.test(word))
      const cells = words.slice(0, numbers < 0 ? words.length : numbers).map((word) => word.padStart(one ? 0 : 9))
      return `${[...cells, ...(numbers < 0 ? [] : words.slice(numbers))].join(" ")}\n`
    })
    .join("")
}

/** df's table: a long device stands on a line of its own. */
const fileSystems = (text: string, args: readonly string[]): string => {
  const h = readable(args)
  return text
    .trimEnd()
    .split("\n")
    .map((line, at) => {
      if (at === 0) return `Filesystem           ${h ? "     Size" : "1K-blocks"}      Used Available Use% Mounted on\n`
      const [device, size = "", used = "", free = "", share = "", ...path] = line.split(/ +/)
      const [a, b, c] = [size, used, free].map((value) => (h ? human(Number(value)) : value).padStart(9))
      const first = device.length > 20 ? `${device}\n${" ".repeat(20)}` : device.padEnd(20)
      return `${first} ${a} ${b} ${c} ${share.padStart(4)} ${path.join(" ")}\n`
    })
    .join("")
}

const OPEN: Speech = { file: "can't open" }
const SAME: Speech["says"] = [[/^['‘](.+)['’] and ['‘](.+)['’] are the same file$/, "'$1' and '$2' are the same file"]]

export const speeches: Readonly<Record<string, Speech>> = {
  cat: { ...OPEN, says: [[/^.*: Is a directory$/, "read error: Is a directory"]] },
  tail: OPEN,
  uniq: OPEN,
  dd: { doing: { open: "can't open" } },

  tar: {
    fails: 1,
    says: [
      [/^(\S+): Cannot open: (.*)$/, "can't open '$1': $2"],
      [/^Error is not recoverable.*$/, ""],
      [/^(\S+): Not found in archive$/, "$1: not found in archive"],
      [/^Exiting with failure.*$/, ""],
    ],
  },
  ...Object.fromEntries(["md5sum", "sha1sum", "sha256sum", "sha384sum", "sha512sum"].map((name) => [name, OPEN])),
  cp: {
    doing: { stat: "can't stat", open: "can't open", "create regular file": "can't create", "create directory": "can't create directory" },
    says: [
      [/^-r not specified; omitting directory ['‘](.*)['’]$/, "omitting directory '$1'"],
      [/^target ['‘](.*?)['’]: .*$/, "can't create '$1': No such file or directory"],
      ...SAME,
    ],
  },
  mv: { doing: { stat: "can't rename" }, says: [[/^cannot move ['‘](.*?)['’] to ['‘].*?['’]: (.*)$/, "can't rename '$1': $2"], ...SAME] },
  rm: { doing: { remove: "can't remove" }, says: [[/^cannot remove ['‘](.*)['’]: Is a directory$/, "'$1' is a directory"]] },
  rmdir: { says: [[/^failed to remove ['‘](.*)['’]: (.*)$/, "'$1': $2"]] },
  mkdir: { doing: { "create directory": "can't create directory" } },
  mkfifo: { doing: { "create fifo": "" } },
  stat: { doing: { statx: "can't stat", stat: "can't stat" } },
  ln: { says: [[/^failed to create (?:symbolic|hard) link ['‘](.*?)['’](?: => ['‘].*['’])?: (.*)$/, "$1: $2"]] },
  chmod: { says: [[/^invalid mode: ['‘](.*)['’]$/, "invalid mode '$1'"]] },
  chown: {
    says: [
      [/^invalid user: ['‘](.*)['’]$/, "unknown user $1"],
      [/^invalid group: ['‘](.*)['’]$/, "unknown group $1"],
    ],
  },
  chgrp: { says: [[/^invalid group: ['‘](.*)['’]$/, "unknown group $1"]] },
  id: { says: [[/^['‘](.*)['’]: no such user$/, "unknown user $1"]] },
  su: { says: [[/^user (\S+) does not exist.*$/, "unknown user $1"]] },
  date: { says: [[/^invalid date ['‘](.*)['’]$/, "invalid date '$1'"]] },
  sleep: { says: [[/^invalid time interval ['‘](.*)['’]$/, "invalid number '$1'"]] },
  head: { says: [[/^invalid number of (?:lines|bytes): ['‘](.*)['’]$/, "invalid number '$1'"]] },
  sort: { fault: 2, says: [[/^cannot read: (.*)$/, "$1"]] },
  cut: { says: [[/^you must specify a list of bytes, characters, or fields$/, "expected a list of bytes, characters, or fields"]] },
  env: { says: [[/^['‘](.*)['’]: (.*)$/, "can't execute '$1': $2"]] },
  nohup: { says: [[/^failed to run command ['‘](.*)['’]: (.*)$/, "can't execute '$1': $2"]] },
  timeout: { says: [[/^failed to run command ['‘](.*)['’]: (.*)$/, "can't execute '$1': $2"]] },
  grep: { fault: 2, says: [[/^Unmatched .*$/, "bad regex"]] },
  egrep: { fault: 2 },
  fgrep: { fault: 2 },
  sed: {
    fails: 1,
    says: [
      [/^can't read (.*): (.*)$/, "$1: $2"],
      [/^-e expression #\d+, char \d+: unterminated `s' command$/, "unmatched '/'"],
      [/^-e expression #\d+, char \d+: unknown command: `(.)'$/, "unsupported command $1"],
    ],
  },
  awk: { fails: 1, says: [[/^cannot open ["'](.*)["'] \((.*)\)$/, "$1: $2"]] },
  find: {
    says: [
      [/^missing argument to `(.*)'$/, "$1 requires an argument"],
      [/^unknown predicate `(.*)'$/, "unrecognized: $1"],
      [/^Unknown argument to (-x?type): (.*)$/, "invalid argument '$2' to '$1'"],
    ],
  },
  diff: {
    args: (args) =>
      args.some((word) => /^-\w*[qU]/.test(word))
        ? args
        : ["-u", ...args.filter((word) => !word.startsWith("-")).flatMap((word) => ["--label", word]), ...args],
    says: [[/^(.*): (No such file or directory)$/, "can't stat '$1': $2"]],
  },
  df: { args: withoutH, output: fileSystems, says: [[/^(.*): No such file or directory$/, "$1: can't find mount point"]] },
  killall: { as: "", says: [[/^(.*): no process found$/, "$1: no process killed"]] },
  expr: {
    says: [
      [/^syntax error: .*$/, "syntax error"],
      [/^non-integer argument$/, "non-numeric argument"],
    ],
  },
  umount: { fails: 1, says: [[/^(.*): no mount point specified\.?$/, "can't unmount $1: No such file or directory"]] },
  unzip: { says: [[/^ *cannot find or open (\S+?),.*$/, "can't open $1[.zip]"]] },
  ping: { fails: 1, says: [[/^(\S+): (?:Name or service not known|Temporary failure in name resolution)$/, "bad address '$1'"]] },
  passwd: { says: [[/^user ['‘](.*)['’] does not exist$/, "unknown user $1"]] },
  ls: { fails: 1 },
  gunzip: { fails: 1, as: "gzip: ", says: [[/^(.*): unknown suffix -- ignored$/, "$1: unknown suffix - ignored"]] },
  zcat: { fails: 1, as: "gzip: " },
  wc: { output: counts },
  du: { args: withoutH, output: (text, args) => (readable(args) ? text.replace(/^\d+/gm, (kib) => human(Number(kib))) : text) },
  free: { output: (text) => text.replace(/^(.{7})./gm, "$1") },
  cmp: { output: (text) => text.replace(": byte ", ": char ").replace(/(differ): char/, "$1: char") },
  realpath: { args: (args) => ["-e", ...args] },
  less: { ...OPEN, as: "" },
  more: { ...OPEN, as: "" },
  ifconfig: { as: "" },
  strings: { as: "strings: ", says: [[/^'(.*)': No such file$/, "$1: No such file or directory"]] },
  clear: { output: () => "\x1b[H\x1b[J" },
  factor: { says: [[/^.* is not a valid positive integer$/, ""]] },
}
