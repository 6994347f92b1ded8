/** ssh-keygen, ssh-copy-id, ssh-keyscan: keys of OpenSSH. As OpenSSH 9.6. */
import { Accounts, type Process, type Steps, SystemError } from "@drydock/machine"
import { md5 } from "@noble/hashes/legacy.js"
import { sha256 } from "@noble/hashes/sha2.js"
import { defineTool } from "../define-tool.ts"
import { runCommand } from "./process-tools.ts"
import { parseOptions } from "./reading.ts"

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

const base64 = (bytes: Uint8Array, pad = true): string => {
  let text = ""
  for (let at = 0; at < bytes.length; at += 3) {
    const [a, b, c] = [bytes[at], bytes[at + 1], bytes[at + 2]]
    text += LETTERS[a >> 2] + LETTERS[((a & 3) << 4) | ((b ?? 0) >> 4)]
    text += b === undefined ? (pad ? "=" : "") : LETTERS[((b & 15) << 2) | ((c ?? 0) >> 6)]
    text += c === undefined ? (pad ? "=" : "") : LETTERS[c & 63]
  }
  return text
}

const unbase64 = (text: string): Uint8Array => {
  const bytes: number[] = []
  let [held, bits] = [0, 0]
  for (const letter of text.replace(/[^A-Za-z0-9+/]/g, "")) {
    held = ((held << 6) | LETTERS.indexOf(letter)) & 0xffffff
    bits += 6
    if (bits >= 8) {
      bits -= 8
      bytes.push((held >> bits) & 255)
    }
  }
  return Uint8Array.from(bytes)
}

/** RFC 4251's string: its length in four bytes, then the bytes. */
const field = (bytes: Uint8Array): number[] => [
  (bytes.length >>> 24) & 255,
  (bytes.length >>> 16) & 255,
  (bytes.length >>> 8) & 255,
  bytes.length & 255,
  ...bytes,
]

const encoder = new TextEncoder()
const KINDS: Readonly<Record<string, { name: string; bits: number; title: string }>> = {
  ed25519: { name: "ssh-ed25519", bits: 256, title: "ED25519" },
  rsa: { name: "ssh-rsa", bits: 3_072, title: "RSA" },
  ecdsa: { name: "ecdsa-sha2-nistp256", bits: 256, title: "ECDSA" },
}

const random = (process: Process, count: number): Uint8Array => Uint8Array.from({ length: count }, () => Math.floor(process.random() * 256))

/** The blob of a public key. Nothing here computes with it: it is only told from others. */
const publicBlob = (process: Process, type: string, bits: number): Uint8Array => {
  const { name } = KINDS[type]
  if (type === "rsa") {
    const modulus = random(process, bits / 8)
    modulus[0] |= 0x80
    return Uint8Array.from([...field(encoder.encode(name)), ...field(Uint8Array.of(1, 0, 1)), ...field(Uint8Array.of(0, ...modulus))])
  }
  if (type === "ecdsa")
    return Uint8Array.from([
      ...field(encoder.encode(name)),
      ...field(encoder.encode("nistp256")),
      ...field(Uint8Array.of(4, ...random(process, 64))),
    ])
  return Uint8Array.from([...field(encoder.encode(name)), ...field(random(process, 32))])
}

const privateText = (process: Process, blob: Uint8Array, comment: string, locked: boolean): string => {
  const cipher = encoder.encode(locked ? "aes256-ctr" : "none")
  const bytes = Uint8Array.from([
    ...encoder.encode("openssh-key-v1\0"),
    ...field(cipher),
    ...field(encoder.encode(locked ? "bcrypt" : "none")),
    ...field(locked ? random(process, 24) : new Uint8Array(0)),
    0,
    0,
    0,
    1,
    ...field(blob),
    ...field(Uint8Array.from([...random(process, 8), ...random(process, Math.max(64, blob.length)), ...field(encoder.encode(comment))])),
  ])
  const lines = base64(bytes).match(/.{1,70}/g) ?? []
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join("\n")}\n-----END OPENSSH PRIVATE KEY-----\n`
}

/** The public blob in a private key; undefined when the text is none. */
const blobOf = (text: string): Uint8Array | undefined => {
  const bytes = unbase64(text.replace(/-----[^-]+-----/g, ""))
  let at = "openssh-key-v1\0".length
  const next = () => {
    const length = ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0
    const part = bytes.slice(at + 4, at + 4 + length)
    at += 4 + length
    return part
  }
  if (!text.includes("OPENSSH PRIVATE KEY") || bytes.length < 60) return undefined
  for (let skipped = 0; skipped < 3; skipped++) next()
  at += 4
  return next()
}

const kindOf = (blob: Uint8Array) => {
  const name = new TextDecoder().decode(blob.slice(4, 4 + blob[3]))
  const kind = Object.values(KINDS).find((one) => one.name === name)
  return kind === undefined ? undefined : { ...kind, bits: kind.title === "RSA" ? (blob.length - 23) * 8 : kind.bits }
}

const fingerprint = (blob: Uint8Array, hash = "sha256"): string =>
  hash === "md5"
    ? `MD5:${[...md5(blob)].map((byte) => byte.toString(16).padStart(2, "0")).join(":")}`
    : `SHA256:${base64(sha256(blob), false)}`

/** The picture of a fingerprint. As sshkey.c's fingerprint_randomart. */
const picture = (blob: Uint8Array, title: string): string => {
  const [width, height] = [17, 9]
  const cells = new Uint8Array(width * height)
  let [x, y] = [8, 4]
  for (const byte of sha256(blob))
    for (let pair = 0; pair < 4; pair++) {
      const bits = (byte >> (pair * 2)) & 3
      x = Math.min(width - 1, Math.max(0, x + (bits & 1 ? 1 : -1)))
      y = Math.min(height - 1, Math.max(0, y + (bits & 2 ? 1 : -1)))
      if (cells[y * width + x] < 14) cells[y * width + x]++
    }
  cells[4 * width + 8] = 15
  cells[y * width + x] = 16
  const marks = " .o+=*BOX@%&#/^SE"
  const frame = (text: string) => {
    const left = Math.floor((width - text.length) / 2)
    return `+${"-".repeat(left)}${text}${"-".repeat(width - left - text.length)}+`
  }
  const rows = Array.from(
    { length: height },
    (_, row) => `|${[...cells.slice(row * width, (row + 1) * width)].map((cell) => marks[cell]).join("")}|`,
  )
  return [frame(`[${title}]`), ...rows, frame("[SHA256]")].map((line) => `${line}\n`).join("")
}

export const sshKeygen = defineTool({
  name: "ssh-keygen",
  plain: true,
  summary: "OpenSSH authentication key utility",
  *run(process, args) {
    const { flags, problem } = parseOptions(args, { letters: "qlyApvBceLi", valued: "tbfCNPERmaoO" })
    if (problem) {
      yield* process.error(
        `${problem.replace("invalid option", "unknown option").replaceAll("'", "")}\nusage: ssh-keygen [-q] [-a rounds] [-b bits] [-C comment] [-f output_keyfile]\n                  [-m format] [-N new_passphrase] [-O option]\n                  [-t ecdsa | ecdsa-sk | ed25519 | ed25519-sk | rsa]\n`,
      )
      return 1
    }
    const user = new Accounts(process.files).user(process.credentials.uid)
    const home = process.env.get("HOME") ?? user?.home ?? "/root"
    const type = String(flags.get("t") ?? "ed25519").toLowerCase()
    if (!Object.hasOwn(KINDS, type)) {
      yield* process.error(`unknown key type ${type}\n`)
      return 255
    }
    let path = typeof flags.get("f") === "string" ? String(flags.get("f")) : undefined
    if (flags.has("R")) {
      const known = `${home}/.ssh/known_hosts`
      if (!process.files.exists(known)) {
        yield* process.error(`Cannot stat ${known}: No such file or directory\n`)
        return 255
      }
      const lines = process.files.readText(known).split("\n")
      process.files.write(known, lines.filter((line) => !line.startsWith(`${String(flags.get("R"))} `)).join("\n"))
      yield* process.print(
        `# Host ${String(flags.get("R"))} found: line 1\n${known} updated.\nOriginal contents retained as ${known}.old\n`,
      )
      return 0
    }
    if (flags.has("l") || flags.has("y")) {
      path ??= `${home}/.ssh/id_${type}`
      if (!process.files.exists(path)) {
        yield* process.error(`${path}: No such file or directory\n`)
        return 255
      }
      const text = process.files.readText(path)
      const [name, data, ...rest] = text.trim().split(/\s+/)
      const blob = /^(ssh-|ecdsa-)/.test(name) ? unbase64(data) : blobOf(text)
      const kind = blob && kindOf(blob)
      if (!blob || !kind) {
        yield* process.error(flags.has("y") ? `Load key "${path}": error in libcrypto\n` : `${path} is not a public key file.\n`)
        return 255
      }
      const comment = /^(ssh-|ecdsa-)/.test(name) ? rest.join(" ") : ""
      yield* process.print(
        flags.has("y")
          ? `${kind.name} ${base64(blob)}${comment === "" ? "" : ` ${comment}`}\n`
          : `${kind.bits} ${fingerprint(blob, String(flags.get("E") ?? "sha256"))} ${comment || "no comment"} (${kind.title})\n${flags.has("v") ? picture(blob, `${kind.title} ${kind.bits}`) : ""}`,
      )
      return 0
    }
    const bits = Number(flags.get("b") ?? KINDS[type].bits)
    if (type === "rsa" && !(bits >= 1_024 && bits <= 16_384)) {
      yield* process.error(
        bits < 1_024 ? "Invalid RSA key length: minimum is 1024 bits\n" : "Invalid RSA key length: maximum is 16384 bits\n",
      )
      return 255
    }
    if (!flags.has("q")) yield* process.print(`Generating public/private ${type} key pair.\n`)
    if (path === undefined) {
      yield* process.print(`Enter file in which to save the key (${home}/.ssh/id_${type}): `)
      path = ((yield* process.readLine(0)) ?? "").trim() || `${home}/.ssh/id_${type}`
    }
    try {
      if (process.files.exists(path)) {
        yield* process.print(`${path} already exists.\nOverwrite (y/n)? `)
        if (!/^y(es)?$/i.test(((yield* process.readLine(0)) ?? "").trim())) return 1
      }
      let phrase = typeof flags.get("N") === "string" ? String(flags.get("N")) : undefined
      if (phrase === undefined) {
        yield* process.print("Enter passphrase (empty for no passphrase): ")
        phrase = (yield* process.readLine(0)) ?? ""
        yield* process.print("Enter same passphrase again: ")
        if (((yield* process.readLine(0)) ?? "") !== phrase) {
          yield* process.print("Passphrases do not match.  Try again.\n")
          return 1
        }
      }
      const comment = typeof flags.get("C") === "string" ? String(flags.get("C")) : `${user?.name ?? "root"}@${process.hostname}`
      const directory = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "."
      if (!process.files.exists(directory)) {
        if (directory !== `${home}/.ssh`) throw new SystemError("ENOENT")
        process.files.mkdir(directory, { mode: 0o700 })
        yield* process.print(`Created directory '${directory}'.\n`)
      }
      const blob = publicBlob(process, type, bits)
      process.files.write(path, privateText(process, blob, comment, phrase !== ""), { mode: 0o600 })
      process.files.write(`${path}.pub`, `${KINDS[type].name} ${base64(blob)}${comment === "" ? "" : ` ${comment}`}\n`, { mode: 0o644 })
      if (!flags.has("q"))
        yield* process.print(
          `Your identification has been saved in ${path}\nYour public key has been saved in ${path}.pub\nThe key fingerprint is:\n${fingerprint(blob)} ${comment}\nThe key's randomart image is:\n${picture(blob, `${KINDS[type].title} ${type === "rsa" ? bits : KINDS[type].bits}`)}`,
        )
      return 0
    } catch (error) {
      if (!(error instanceof SystemError) || error.code === "EPIPE") throw error
      yield* process.error(`Saving key "${path}" failed: ${error.message.toLowerCase().replace(/^./, (first) => first.toUpperCase())}\n`)
      return 1
    }
  },
})

export const sshCopyId = defineTool({
  name: "ssh-copy-id",
  plain: true,
  summary: "use locally available keys to authorise logins on a remote machine",
  *run(process, args) {
    const { flags, words } = parseOptions(args, { letters: "fnsx", valued: "ipoFt" })
    const [to] = words
    if (to === undefined) {
      yield* process.error(
        "Usage: /usr/bin/ssh-copy-id [-h|-?|-f|-n|-s|-x] [-i [identity_file]] [-t target_path] [-p port] [-F alternative ssh_config file] [[-o <ssh -o options>] ...] [user@]hostname\n",
      )
      return 1
    }
    const home = process.env.get("HOME") ?? "/root"
    const given =
      typeof flags.get("i") === "string"
        ? [String(flags.get("i")).replace(/(\.pub)?$/, ".pub")]
        : ["ed25519", "rsa", "ecdsa"].map((type) => `${home}/.ssh/id_${type}.pub`)
    const path = given.find((one) => process.files.exists(one))
    if (path === undefined) {
      yield* process.error(`\n/usr/bin/ssh-copy-id: ERROR: No identities found\n`)
      return 1
    }
    yield* process.print(
      `/usr/bin/ssh-copy-id: INFO: Source of key(s) to be installed: "${path}"\n/usr/bin/ssh-copy-id: INFO: attempting to log in with the new key(s), to filter out any that are already installed\n/usr/bin/ssh-copy-id: INFO: 1 key(s) remain to be installed -- if you are prompted now it is to install the new keys\n`,
    )
    const code: number = yield* runCommand(
      process,
      ["/bin/sh", "-c", `ssh "$1" "umask 077; mkdir -p .ssh; echo '$(cat "$2")' >> .ssh/authorized_keys"`, "sh", to, path],
      { tool: "ssh-copy-id" },
    )
    if (code === 0)
      yield* process.print(
        `\nNumber of key(s) added: 1\n\nNow try logging into the machine, with:   "ssh '${to}'"\nand check to make sure that only the key(s) you wanted were added.\n\n`,
      )
    return code
  },
})

function* copyTree(
  process: Process,
  from: string,
  to: string,
  options: { verbose: boolean; dry: boolean; recursive: boolean; remove: boolean },
): Steps<string[]> {
  const sent: string[] = []
  const { files } = process
  const visit = function* (source: string, target: string, name: string): Steps<void> {
    if (process.charge(1)) yield* process.yield()
    const stat = files.lstat(source)
    if (stat.type === "directory") {
      if (!options.recursive) return
      if (!files.exists(target)) {
        if (!options.dry) files.mkdir(target, { parents: true })
        sent.push(`${name}/`)
      }
      for (const entry of files.list(source))
        yield* visit(`${source}/${entry.name}`, `${target}/${entry.name}`, name === "." ? entry.name : `${name}/${entry.name}`)
      if (options.remove && files.exists(target))
        for (const entry of files.list(target))
          if (!files.list(source).some((one) => one.name === entry.name)) {
            if (!options.dry) files.remove(`${target}/${entry.name}`, { recursive: true })
            sent.push(`deleting ${name === "." ? "" : `${name}/`}${entry.name}`)
          }
      return
    }
    if (stat.type === "symlink") {
      if (!files.exists(target) && !options.dry) files.symlink(files.readlink(source), target)
      sent.push(name)
      return
    }
    if (stat.type !== "file") return
    if (files.exists(target)) {
      const other = files.stat(target)
      if (other.size === stat.size && Math.floor(other.modifiedAt / 1_000) === Math.floor(stat.modifiedAt / 1_000)) return
    }
    if (!options.dry) {
      files.write(target, files.readBytes(source), { mode: stat.mode & 0o7777 })
      files.utimes(target, stat.accessedAt, stat.modifiedAt)
    }
    sent.push(name)
  }
  yield* visit(from, to, from.endsWith("/.") ? "." : (from.split("/").at(-1) ?? ""))
  return sent
}

export const rsync = defineTool({
  name: "rsync",
  version: " version 3.2.7  protocol version 31",
  summary: "a fast, versatile, remote (and local) file-copying tool",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "avzrltpgoDhPnuqHAXcWRKLi",
      valued: "e",
      long: {
        archive: "a",
        verbose: "v",
        compress: "z",
        recursive: "r",
        delete: "delete",
        "dry-run": "n",
        progress: "P",
        partial: "P",
        "rsh=": "e",
        "exclude=": "exclude",
        human: "h",
        "human-readable": "h",
        stats: "stats",
        quiet: "q",
        "rsync-path=": "path",
      },
    })
    const target = words.at(-1)
    if (problem || words.length < 2 || target === undefined) {
      yield* process.error(
        problem
          ? `rsync: ${problem.replace(/^unrecognized option '(.*)'$/, "$1: unknown option")}\nrsync error: syntax or usage error (code 1) at main.c(1782) [client=3.2.7]\n`
          : "rsync error: syntax or usage error (code 1) at main.c(1782) [client=3.2.7]\n",
      )
      return 1
    }
    const far = /^([^/:]+):(.*)$/
    const remote = words.find((word) => far.test(word))
    if (remote !== undefined) {
      const [, host, path] = far.exec(remote) ?? []
      const script = far.test(target)
        ? `for f in "$@"; do d=$(dirname "$f"); b=$(basename "$f"); case $f in */) d=$f; b=.;; esac; tar -C "$d" -cf - "$b" | ssh ${host} "mkdir -p '${path || "."}' && tar -C '${path || "."}' -xf -" || exit 1; done`
        : `mkdir -p '${target}' && ssh ${host} "cd \\$(dirname '${path}') && tar -cf - \\$(basename '${path}')" | tar -C '${target}' -xf -`
      return yield* runCommand(process, ["/bin/sh", "-c", script, "rsync", ...words.slice(0, -1)], { tool: "rsync" })
    }
    const options = {
      verbose: flags.has("v"),
      dry: flags.has("n"),
      recursive: flags.has("a") || flags.has("r"),
      remove: flags.has("delete"),
    }
    if (options.verbose) yield* process.print("sending incremental file list\n")
    let status = 0
    let bytes = 0
    for (const source of words.slice(0, -1)) {
      try {
        const { type } = process.files.stat(source)
        if (type === "directory" && !options.recursive) {
          yield* process.print(`skipping directory ${source.replace(/\/$/, "")}\n`)
          continue
        }
        const into = source.endsWith("/")
          ? target.replace(/\/$/, "")
          : process.files.exists(target) || target.endsWith("/") || type === "directory"
            ? `${target.replace(/\/$/, "")}/${source.split("/").at(-1)}`
            : target
        if (target.endsWith("/") && !process.files.exists(target) && !options.dry) {
          process.files.mkdir(target, { parents: true })
          if (options.verbose) yield* process.print(`created directory ${target.replace(/\/$/, "")}\n`)
        }
        const sent = yield* copyTree(process, source.endsWith("/") ? `${source.replace(/\/$/, "")}/.` : source, into, options)
        if (options.verbose) yield* process.print(sent.map((name) => `${name}\n`).join(""))
        bytes += type === "file" ? process.files.stat(source).size : 0
      } catch (error) {
        if (!(error instanceof SystemError) || error.code === "EPIPE") throw error
        yield* process.error(
          `rsync: [sender] link_stat "${process.files.resolve(source)}" failed: ${error.message} (${error.code === "ENOENT" ? 2 : 13})\n`,
        )
        status = 23
      }
    }
    if (options.verbose)
      yield* process.print(
        `\nsent ${bytes + 116} bytes  received 35 bytes  ${((bytes + 151) * 2).toFixed(2)} bytes/sec\ntotal size is ${bytes}  speedup is ${(bytes / (bytes + 151)).toFixed(2)}${options.dry ? " (DRY RUN)" : ""}\n`,
      )
    if (status === 23)
      yield* process.error(
        "rsync error: some files/attrs were not transferred (see previous errors) (code 23) at main.c(1338) [sender=3.2.7]\n",
      )
    return status
  },
})
