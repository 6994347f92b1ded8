/** ssh-keygen: keys made, shown and changed, and known_hosts kept. As OpenSSH 9.6. */
import { Accounts, type Process, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../../define-tool.ts"
import { parseOptions } from "../reading.ts"
import { homeOf } from "./client-config.ts"
import { tooOpen } from "./key-file.ts"
import { fingerprint, KINDS, kindOf, picture, privateText, publicBlob, publicLine, readPrivate, readPublic } from "./keys.ts"
import { hashed, knownAs, knownHosts } from "./known-hosts.ts"
import { askAtTerminal } from "./prompts.ts"

const USAGE = `usage: ssh-keygen [-q] [-a rounds] [-b bits] [-C comment] [-f output_keyfile]
                  [-m format] [-N new_passphrase] [-O option]
                  [-t ecdsa | ecdsa-sk | ed25519 | ed25519-sk | rsa]
                  [-w provider] [-Z cipher]
       ssh-keygen -p [-a rounds] [-f keyfile] [-m format] [-N new_passphrase]
                   [-P old_passphrase] [-Z cipher]
       ssh-keygen -y [-f input_keyfile]
       ssh-keygen -l [-v] [-E fingerprint_hash] [-f input_keyfile]
       ssh-keygen -F hostname [-lv] [-f known_hosts_file]
       ssh-keygen -H [-f known_hosts_file]
       ssh-keygen -R hostname [-f known_hosts_file]
       ssh-keygen -A [-a rounds] [-f prefix_path]
`

/** A line: of the terminal where there is one, else of standard input. */
function* ask(process: Process, prompt: string, hidden = false): Steps<string> {
  if (process.tty && process.fds.get(0)?.kind === "tty") return (yield* askAtTerminal(process, prompt, { hidden })) ?? ""
  yield* process.print(prompt)
  return (yield* process.readLine(0)) ?? ""
}

const titled = (blob: Uint8Array): string => {
  const kind = kindOf(blob)
  return `${kind?.title} ${kind?.bits}`
}

/** -l: one line for each key of a file. */
function* list(process: Process, path: string, hash: string, pictures: boolean): Steps<number> {
  const text = process.files.readText(path)
  const own = readPrivate(text)
  const open = process.files.access(`${path}.pub`, { read: true }) ? readPublic(process.files.readText(`${path}.pub`)) : undefined
  const keys = own
    ? [{ blob: own.blob, comment: open?.comment || own.comment }]
    : text.split("\n").flatMap((line) => readPublic(line) ?? readPublic(line.replace(/^\s*(?:@\S+\s+)?\S+\s+/, "")) ?? [])
  if (keys.length === 0) {
    yield* process.error(`${path} is not a public key file.\n`)
    return 255
  }
  for (const { blob, comment } of keys)
    yield* process.print(
      `${kindOf(blob)?.bits} ${fingerprint(blob, hash)} ${comment || "no comment"} (${kindOf(blob)?.title})\n${pictures ? picture(blob, titled(blob)) : ""}`,
    )
  return 0
}

/** -R, -F, -H. */
function* knownHostsWork(process: Process, path: string, work: { remove?: string; find?: string; fingerprints: boolean }): Steps<number> {
  if (!process.files.exists(path)) {
    yield* process.error(`Cannot stat ${path}: No such file or directory\n`)
    return 255
  }
  const text = process.files.readText(path)
  const all = knownHosts(process, [path])
  const name = work.remove ?? work.find
  const found = name === undefined ? [] : knownAs(all, name)
  if (work.find !== undefined) {
    for (const entry of found) {
      const key = readPublic(`${entry.type} ${entry.key}`)
      yield* process.print(`# Host ${work.find} found: line ${entry.line}\n`)
      yield* process.print(
        work.fingerprints && key ? `${entry.names} ${kindOf(key.blob)?.title} ${fingerprint(key.blob)}\n` : `${entry.text}\n`,
      )
    }
    return found.length > 0 ? 0 : 1
  }
  if (work.remove !== undefined && found.length === 0) {
    yield* process.error(`Host ${work.remove} not found in ${path}\n`)
    return 0
  }
  for (const entry of found) yield* process.print(`# Host ${work.remove} found: line ${entry.line}\n`)
  const gone = new Set(found.map(({ line }) => line))
  const lines = text
    .split("\n")
    .map((line, at) => {
      const entry = all.find((one) => one.line === at + 1)
      if (work.remove !== undefined || !entry || entry.names.startsWith("|") || /[*?!]/.test(entry.names)) return line
      return entry.names
        .split(",")
        .map((one) =>
          line.replace(
            entry.names,
            hashed(one, () => process.random()),
          ),
        )
        .join("\n")
    })
    .filter((_, at) => !gone.has(at + 1))
  process.files.write(`${path}.old`, text, { mode: 0o600 })
  process.files.write(path, lines.join("\n"))
  yield* process.print(`${path} updated.\nOriginal contents retained as ${path}.old\n`)
  if (work.remove === undefined)
    yield* process.error(`WARNING: ${path}.old contains unhashed entries\nDelete this file to ensure privacy of hostnames\n`)
  return 0
}

/** -p: another passphrase. */
function* rephrase(process: Process, path: string, old: string | undefined, next: string | undefined): Steps<number> {
  const text = process.files.readText(path)
  const key = readPrivate(text)
  if (!key) {
    yield* process.error(`Failed to load key ${path}: error in libcrypto\n`)
    return 255
  }
  if (key.locked) {
    const phrase = old ?? (yield* ask(process, "Enter old passphrase: ", true))
    if (!key.opens(phrase)) {
      yield* process.error(`Failed to load key ${path}: incorrect passphrase supplied to decrypt private key\n`)
      return 255
    }
  }
  const comment =
    key.comment || (process.files.exists(`${path}.pub`) ? (readPublic(process.files.readText(`${path}.pub`))?.comment ?? "") : "")
  if (comment !== "") yield* process.print(`Key has comment '${comment}'\n`)
  let phrase = next
  if (phrase === undefined) {
    phrase = yield* ask(process, "Enter new passphrase (empty for no passphrase): ", true)
    if ((yield* ask(process, "Enter same passphrase again: ", true)) !== phrase) {
      yield* process.print("Pass phrases do not match.  Try again.\n")
      return 1
    }
  }
  process.files.write(
    path,
    privateText(() => process.random(), key.blob, comment, phrase),
    { mode: 0o600 },
  )
  yield* process.print("Your identification has been saved with the new passphrase.\n")
  return 0
}

/** -y: the public key of a private one. */
function* derive(process: Process, path: string, phrase: string | undefined): Steps<number> {
  const complaint = tooOpen(process, path)
  if (complaint !== undefined) {
    yield* process.error(`${complaint}Load key "${path}": bad permissions\n`)
    return 255
  }
  const key = readPrivate(process.files.readText(path))
  if (!key) {
    yield* process.error(`Load key "${path}": error in libcrypto\n`)
    return 255
  }
  if (key.locked && !key.opens(phrase ?? (yield* ask(process, "Enter passphrase: ", true)))) {
    yield* process.error(`Load key "${path}": incorrect passphrase supplied to decrypt private key\n`)
    return 255
  }
  yield* process.print(`${publicLine(key.blob, key.comment)}\n`)
  return 0
}

export const sshKeygen = defineTool({
  name: "ssh-keygen",
  plain: true,
  summary: "OpenSSH authentication key utility",
  *run(process, args) {
    const { flags, problem } = parseOptions(args, { letters: "qlyApvBceLiHkg", valued: "tbfCNPERFmaoOIsnVzDwZ" })
    if (problem) {
      yield* process.error(`${problem.replace("invalid option", "unknown option").replaceAll("'", "")}\n${USAGE}`)
      return 1
    }
    const value = (letter: string) => (typeof flags.get(letter) === "string" ? String(flags.get(letter)) : undefined)
    const home = homeOf(process)
    const type = (value("t") ?? "ed25519").toLowerCase()
    if (!Object.hasOwn(KINDS, type)) {
      yield* process.error(`unknown key type ${value("t")}\n`)
      return 255
    }
    const random = () => process.random()
    if (flags.has("A")) {
      const missing = ["rsa", "ecdsa", "ed25519"].filter((one) => !process.files.exists(`/etc/ssh/ssh_host_${one}_key`))
      if (missing.length > 0) yield* process.print("ssh-keygen: generating new host keys: ")
      yield* process.print(missing.length > 0 ? `${missing.map((one) => KINDS[one].title).join(" ")} \n` : "")
      for (const one of missing) {
        const path = `/etc/ssh/ssh_host_${one}_key`
        const blob = publicBlob(random, one)
        process.files.write(path, privateText(random, blob, `root@${process.hostname}`, ""), { mode: 0o600 })
        process.files.write(`${path}.pub`, `${publicLine(blob, `root@${process.hostname}`)}\n`, { mode: 0o644 })
      }
      return 0
    }
    if (flags.has("R") || flags.has("F") || flags.has("H"))
      return yield* knownHostsWork(process, value("f") ?? `${home}/.ssh/known_hosts`, {
        ...(flags.has("R") && { remove: value("R") ?? "" }),
        ...(flags.has("F") && { find: value("F") ?? "" }),
        fingerprints: flags.has("l"),
      })
    let path = value("f")
    if (flags.has("l") || flags.has("y") || flags.has("p")) {
      path ??= flags.has("p") || flags.has("y") ? `${home}/.ssh/id_${type}` : `${home}/.ssh/id_${type}.pub`
      if (!process.files.exists(path)) {
        yield* process.error(`${path}: No such file or directory\n`)
        return 255
      }
      try {
        if (flags.has("l")) return yield* list(process, path, value("E") ?? "sha256", flags.has("v"))
        return flags.has("p") ? yield* rephrase(process, path, value("P"), value("N")) : yield* derive(process, path, value("P"))
      } catch (error) {
        if (!(error instanceof SystemError) || error.code === "EPIPE") throw error
        yield* process.error(`${path}: ${error.message}\n`)
        return 255
      }
    }
    const bits = Number(value("b") ?? KINDS[type].bits)
    if (type === "rsa" && !(bits >= 1_024 && bits <= 16_384)) {
      yield* process.error(
        bits < 1_024 ? "Invalid RSA key length: minimum is 1024 bits\n" : "Invalid RSA key length: maximum is 16384 bits\n",
      )
      return 255
    }
    if (!flags.has("q")) yield* process.print(`Generating public/private ${type} key pair.\n`)
    if (path === undefined)
      path = (yield* ask(process, `Enter file in which to save the key (${home}/.ssh/id_${type}): `)).trim() || `${home}/.ssh/id_${type}`
    try {
      if (process.files.exists(path)) {
        yield* process.print(`${path} already exists.\n`)
        if (!/^y(es)?$/i.test((yield* ask(process, "Overwrite (y/n)? ")).trim())) return 1
      }
      const directory = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "."
      if (!process.files.exists(directory)) {
        if (directory !== `${home}/.ssh`) throw new SystemError("ENOENT")
        process.files.mkdir(directory, { mode: 0o700 })
        yield* process.print(`Created directory '${directory}'.\n`)
      }
      let phrase = value("N")
      while (phrase === undefined) {
        const first: string = yield* ask(process, "Enter passphrase (empty for no passphrase): ", true)
        if ((yield* ask(process, "Enter same passphrase again: ", true)) === first) phrase = first
        else if (process.tty) yield* process.print("Passphrases do not match.  Try again.\n")
        else return 1
      }
      if (phrase !== "" && phrase.length < 5) {
        yield* process.error(`Saving key "${path}" failed: passphrase is too short (minimum five characters)\n`)
        return 1
      }
      const comment = value("C") ?? `${new Accounts(process.files).userName(process.credentials.uid)}@${process.hostname}`
      const blob = publicBlob(random, type, bits)
      process.files.write(path, privateText(random, blob, comment, phrase), { mode: 0o600 })
      process.files.chmod(path, 0o600)
      process.files.write(`${path}.pub`, `${publicLine(blob, comment)}\n`, { mode: 0o644 })
      if (!flags.has("q"))
        yield* process.print(
          `Your identification has been saved in ${path}\nYour public key has been saved in ${path}.pub\nThe key fingerprint is:\n${fingerprint(blob)} ${comment}\nThe key's randomart image is:\n${picture(blob, titled(blob))}`,
        )
      return 0
    } catch (error) {
      if (!(error instanceof SystemError) || error.code === "EPIPE") throw error
      yield* process.error(`Saving key "${path}" failed: ${error.message.replace(/^./, (first) => first.toUpperCase())}\n`)
      return 1
    }
  },
})
