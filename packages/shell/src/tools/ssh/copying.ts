/** scp, sftp, ssh-copy-id, ssh-keyscan: what is done through ssh. As OpenSSH 9.6. */
import { type Process, SocketFile, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../../define-tool.ts"
import { parseOptions } from "../reading.ts"
import { homeOf } from "./client-config.ts"
import { remotely } from "./client.ts"
import { base64, publicLine, readPublic, unbase64 } from "./keys.ts"
import { hostName } from "./known-hosts.ts"
import { Link } from "./link.ts"

const decoder = new TextDecoder()
const encoder = new TextEncoder()

/** A path as the other side's shell reads it: "~/x" is in its home, all else stands in quotes. */
const quoted = (path: string): string => {
  const home = /^~(?=\/|$)/.test(path)
  const rest = home ? path.slice(1) : path
  const inner = `'${rest.replaceAll("'", "'\\''")}'`
  return path === "" ? "." : home ? (rest === "" ? "~" : `~${inner}`) : inner
}

/** Options of scp and sftp as ssh takes them. */
const passed = (all: ReadonlyMap<string, readonly string[]>, flags: ReadonlyMap<string, string | true>, port: string): string[] => [
  ...["F", "J", "c", "i", "l", "o"]
    .filter((letter) => letter !== "l")
    .flatMap((letter) => (all.get(letter) ?? []).flatMap((value) => [`-${letter}`, value])),
  ...(all.get(port) ?? []).flatMap((value) => ["-p", value]),
  ...["q", "v", "4", "6", "C", "A"].filter((letter) => flags.has(letter)).map((letter) => `-${letter}`),
  ...(flags.has("B") ? ["-o", "BatchMode=yes"] : []),
]

interface Place {
  /** Undefined: here. */
  readonly host: string | undefined
  readonly path: string
}

const placeOf = (text: string): Place => {
  const url = /^s(?:cp|ftp):\/\/([^/:]+)(?::\d+)?\/(.*)$/.exec(text)
  if (url) return { host: url[1], path: url[2] }
  const match = /^((?:[^/:]*@)?(?:\[[^\]]+\]|[^/:]+)):(.*)$/s.exec(text)
  return match ? { host: match[1], path: match[2] } : { host: undefined, path: text }
}

const nameOf = (path: string): string => path.replace(/\/+$/, "").split("/").at(-1) ?? ""

/** As scp words what the other side's tools say of a path. */
const problemOf = (path: string, text: string): string => {
  const reason = /: ([^:]+)\s*$/.exec(text.trim())?.[1] ?? "No such file or directory"
  return `scp: ${path}: ${reason}\n`
}

export const scp = defineTool({
  name: "scp",
  plain: true,
  summary: "OpenSSH secure file copy",
  *run(process, args) {
    const { flags, all, words, problem } = parseOptions(args, { letters: "346ABCOpqRrsTv", valued: "cDFiJloPSX" })
    const target = words.at(-1)
    if (problem !== undefined || words.length < 2 || target === undefined) {
      yield* process.error(
        "usage: scp [-346ABCOpqRrsTv] [-c cipher] [-D sftp_server_path] [-F ssh_config]\n           [-i identity_file] [-J destination] [-l limit] [-o ssh_option]\n           [-P port] [-S program] [-X sftp_option] source ... target\n",
      )
      return 1
    }
    const options = passed(all, flags, "P")
    const there = placeOf(target)
    const tar = flags.has("p") ? "-p" : ""
    let status = 0
    const fail = function* (text: string): Steps<void> {
      status = 1
      yield* process.error(text)
    }
    for (const source of words.slice(0, -1)) {
      const from = placeOf(source)
      const name = nameOf(from.path) || "."
      let data: Uint8Array
      let directory = false
      if (from.host !== undefined) {
        const path = quoted(from.path)
        const script = `if [ -d ${path} ]; then echo d; ${flags.has("r") ? `tar ${tar} -C ${path} -cf - .` : ":"}; else cat ${path} >/dev/null && echo f && cat ${path}; fi 2>&1`
        const { output, code } = yield* remotely(process, [...options, from.host], script, undefined)
        if (code === 255 && output.length === 0) {
          yield* fail("scp: Connection closed\r\n")
          continue
        }
        directory = output[0] === 100 && output[1] === 10
        if (directory && !flags.has("r")) {
          yield* fail(`scp: download ${from.path}: not a regular file\n`)
          continue
        }
        if (!directory && !(output[0] === 102 && output[1] === 10)) {
          yield* fail(problemOf(from.path, decoder.decode(output)))
          continue
        }
        data = output.subarray(2)
      } else
        try {
          directory = process.files.stat(source).type === "directory"
          if (directory && !flags.has("r")) {
            yield* fail(`scp: local "${source}" is not a regular file\nscp: failed to upload file ${source} to ${there.path || "."}\n`)
            continue
          }
          if (directory) {
            const packed = yield* captured(process, ["tar", ...(tar ? [tar] : []), "-C", source, "-cf", "-", "."], undefined)
            data = packed.output
          } else data = process.files.readBytes(source)
        } catch (error) {
          if (!(error instanceof SystemError)) throw error
          yield* fail(`scp: stat local "${source}": ${error.message}\n`)
          continue
        }
      // Into a directory that is there, under its own name; else under the name that was given.
      const put = (path: string) =>
        directory
          ? `d=${path}; [ -d "$d" ] && d="$d/${name === "." ? "" : name.replaceAll('"', "")}"; mkdir -p "$d" && tar -C "$d" -xf -`
          : `d=${path}; [ -d "$d" ] && d="$d/${name.replaceAll('"', "")}"; cat > "$d"`
      const result =
        there.host !== undefined
          ? yield* remotely(process, [...options, there.host], `${put(quoted(there.path))} 2>&1`, data)
          : yield* captured(process, ["sh", "-c", `${put(quoted(there.path))} 2>&1`], data)
      if (result.code !== 0)
        yield* fail(
          there.host === undefined
            ? `scp: open local "${there.path}": ${/: ([^:]+)\s*$/.exec(decoder.decode(result.output).trim())?.[1] ?? "Failure"}\n`
            : result.code === 255
              ? "scp: Connection closed\r\n"
              : `scp: dest open "${there.path}": ${/: ([^:]+)\s*$/.exec(decoder.decode(result.output).trim())?.[1] ?? "Failure"}\nscp: failed to upload file ${source} to ${there.path || "."}\n`,
        )
      else if (!directory && process.fds.get(1)?.kind === "tty" && !flags.has("q"))
        yield* process.print(progress(name, data.length, process.tty?.columns ?? 80))
    }
    return status
  },
})

/** The line of a copy that is done. */
const progress = (name: string, size: number, columns: number): string => {
  const shown =
    size < 1_024
      ? `${String(size).padStart(5)} `
      : size < 1_024 ** 2
        ? `${String(Math.floor(size / 1_024)).padStart(5)}KB`
        : `${String(Math.floor(size / 1_024 ** 2)).padStart(5)}MB`
  const rate =
    size < 1_024 * 100 ? `${(size / 1_024 / 0.1).toFixed(1).padStart(6)}KB/s` : `${(size / 1_024 ** 2 / 0.1).toFixed(1).padStart(6)}MB/s`
  return `${name.slice(0, columns - 40).padEnd(Math.max(10, columns - 37))} 100% ${shown} ${rate}   00:00    \n`
}

/** A command here, with input; what it printed. */
function* captured(process: Process, words: readonly string[], input: Uint8Array | undefined): Steps<{ output: Uint8Array; code: number }> {
  const [into, out] = [process.pipe(), process.pipe()]
  out.read.retain()
  const feeder = process.spawn(
    function* (own) {
      if (input) yield* own.write(1, input)
      return 0
    },
    { argv: ["scp"], fds: new Map([[1, into.write]]) },
  )
  const errors = process.fds.get(2)
  const child = process.spawnFile(`/usr/bin/${words[0]}`, {
    argv: words,
    fds: new Map([[0, into.read], [1, out.write], ...(errors ? [[2, errors] as const] : [])]),
  })
  let fd = 10
  while (process.fds.has(fd)) fd++
  process.fds.set(fd, out.read)
  const output = yield* process.readAll(fd)
  process.close(fd)
  const ended = yield* process.waitFor({ pid: child.pid })
  yield* process.waitFor({ pid: feeder.pid })
  return { output, code: ended?.status.kind === "exited" ? ended.status.code : 1 }
}

const SFTP_HELP = `Available commands:
bye                                Quit sftp
cd path                            Change remote directory to 'path'
chmod [-h] mode path               Change permissions of file 'path' to 'mode'
exit                               Quit sftp
get [-afpR] remote [local]         Download file
help                               Display this help text
lcd path                           Change local directory to 'path'
lls [ls-options [path]]            Display local directory listing
lmkdir path                        Create local directory
lpwd                               Print local working directory
ls [-1afhlnrSt] [path]             Display remote directory listing
mkdir path                         Create remote directory
put [-afpR] local [remote]         Upload file
pwd                                Display remote working directory
quit                               Quit sftp
rename oldpath newpath             Rename remote file
rm [-f] path                       Delete remote file
rmdir path                         Remove remote directory
!                                  Escape to local shell
`

export const sftp = defineTool({
  name: "sftp",
  plain: true,
  summary: "OpenSSH secure file transfer",
  *run(process, args) {
    const { flags, all, words, problem } = parseOptions(args, { letters: "46AaCfNpqrv", valued: "BbcDFiJlOoPRSsX" })
    const [given] = words
    if (problem !== undefined || given === undefined) {
      yield* process.error(
        "usage: sftp [-46AaCfNpqrv] [-b batchfile] [-i identity_file] [-o ssh_option]\n          [-P port] destination\n",
      )
      return 1
    }
    const { host = given, path } = placeOf(given)
    const to = [...passed(all, flags, "P"), host]
    const first = yield* remotely(process, to, `cd ${quoted(path === given ? "" : path)} 2>/dev/null && pwd`, undefined)
    if (first.code !== 0) {
      yield* process.error("Connection closed\n")
      return 255
    }
    yield* process.error(`Connected to ${host.replace(/^.*@/, "")}.\n`)
    let there = decoder.decode(first.output).trim()
    const batch = all.get("b")?.[0]
    const lines = batch === undefined || batch === "-" ? undefined : process.files.readText(batch).split("\n")
    const absolute = (name: string) => (name.startsWith("/") ? name : `${there}/${name}`)
    for (;;) {
      if (!lines) yield* process.print("sftp> ")
      const line = lines ? lines.shift() : yield* process.readLine(0)
      if (line === undefined) return 0
      if (lines && line.trim() !== "") yield* process.print(`sftp> ${line}\n`)
      const parts = (line.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replace(/^"(.*)"$/, "$1"))
      const [command = "", ...rest] = parts
      const plain = rest.filter((word) => !word.startsWith("-"))
      const [one = "", two] = plain
      const shell = function* (script: string): Steps<number> {
        const { output, code } = yield* remotely(process, to, `cd ${quoted(there)} && ${script}`, undefined)
        yield* process.print(decoder.decode(output))
        return code
      }
      let code = 0
      if (command === "" || command.startsWith("#")) continue
      else if (["quit", "exit", "bye"].includes(command)) return 0
      else if (command === "help" || command === "?") yield* process.print(SFTP_HELP)
      else if (command === "pwd") yield* process.print(`Remote working directory: ${there}\n`)
      else if (command === "lpwd") yield* process.print(`Local working directory: ${process.cwd}\n`)
      else if (command === "cd") {
        const moved = yield* remotely(process, to, `cd ${quoted(absolute(one || "."))} && pwd`, undefined)
        if (moved.code === 0) there = decoder.decode(moved.output).trim()
        else code = 1
      } else if (command === "lcd") process.cwd = process.files.resolve(one || homeOf(process))
      else if (command === "ls")
        code = yield* shell(
          `ls ${rest.includes("-l") || rest.includes("-la") ? rest.find((word) => word.startsWith("-")) : "-C"} ${plain.map(quoted).join(" ")}`,
        )
      else if (command === "lls")
        yield* process.print(
          `${process.files
            .list(one || ".")
            .map(({ name }) => name)
            .sort()
            .join("  ")}\n`,
        )
      else if (command === "lmkdir") process.files.mkdir(one)
      else if (command === "mkdir" || command === "rmdir" || command === "rm" || command === "chmod")
        code = yield* shell(`${command} ${rest.map((word) => (word.startsWith("-") ? word : quoted(word))).join(" ")}`)
      else if (command === "rename") code = yield* shell(`mv ${quoted(one)} ${quoted(two ?? "")}`)
      else if (command === "get") {
        yield* process.print(`Fetching ${absolute(one)} to ${two ?? nameOf(one)}\n`)
        const { output, code: failed } = yield* remotely(process, to, `cat ${quoted(absolute(one))}`, undefined)
        code = failed
        const local = two ?? nameOf(one)
        if (code === 0)
          process.files.write(
            process.files.exists(local) && process.files.stat(local).type === "directory" ? `${local}/${nameOf(one)}` : local,
            output,
          )
      } else if (command === "put") {
        if (!process.files.exists(one)) {
          yield* process.error(`stat ${one}: No such file or directory\n`)
          code = 1
        } else {
          const remote = absolute(two ?? nameOf(one))
          yield* process.print(`Uploading ${one} to ${remote}\n`)
          code = (yield* remotely(
            process,
            to,
            `d=${quoted(remote)}; [ -d "$d" ] && d="$d/${nameOf(one)}"; cat > "$d"`,
            process.files.readBytes(one),
          )).code
        }
      } else yield* process.error("Invalid command.\n")
      if (code !== 0 && lines) return 1
    }
  },
})

export const sshCopyId = defineTool({
  name: "ssh-copy-id",
  plain: true,
  summary: "use locally available keys to authorise logins on a remote machine",
  *run(process, args) {
    const { flags, all, words } = parseOptions(args, { letters: "fnsxh?", valued: "ipoFt" })
    const [to] = words
    const tool = "/usr/bin/ssh-copy-id"
    if (to === undefined) {
      yield* process.error(
        `Usage: ${tool} [-h|-?|-f|-n|-s|-x] [-i [identity_file]] [-t target_path] [-p port] [-F alternative ssh_config file] [[-o <ssh -o options>] ...] [user@]hostname\n`,
      )
      return 1
    }
    const home = homeOf(process)
    const given = all.get("i")?.[0]?.replace(/(\.pub)?$/, ".pub")
    const candidates = given !== undefined ? [given] : ["ed25519", "ecdsa", "rsa"].map((type) => `${home}/.ssh/id_${type}.pub`)
    const path = candidates.find((one) => process.files.exists(one))
    if (path === undefined) {
      yield* process.error(
        given === undefined
          ? `\n${tool}: ERROR: No identities found\n`
          : `\n${tool}: ERROR: failed to open ID file '${given}': No such file\n`,
      )
      return 1
    }
    const options = [
      ...(all.get("o") ?? []).flatMap((value) => ["-o", value]),
      ...(all.get("F") ?? []).flatMap((value) => ["-F", value]),
      ...(all.get("p") ?? []).flatMap((value) => ["-p", value]),
    ]
    const info = (text: string) => process.error(`${tool}: INFO: ${text}\n`)
    yield* process.error(`${tool}: INFO: Source of key(s) to be installed: "${path}"\n`)
    const line = process.files.readText(path).trim()
    if (!flags.has("f")) {
      yield* info("attempting to log in with the new key(s), to filter out any that are already installed")
      const own = path.replace(/\.pub$/, "")
      const trial = yield* remotely(
        process,
        [
          ...options,
          "-q",
          "-o",
          "BatchMode=yes",
          "-o",
          "IdentitiesOnly=yes",
          "-o",
          "PreferredAuthentications=publickey",
          ...(process.files.exists(own) ? ["-i", own] : []),
          to,
        ],
        "exit",
        undefined,
      )
      if (trial.code === 0) {
        yield* process.error(
          `\n${tool}: WARNING: All keys were skipped because they already exist on the remote system.\n\t\t(if you think this is a mistake, you may want to use -f option)\n\n`,
        )
        return 0
      }
    }
    yield* info("1 key(s) remain to be installed -- if you are prompted now it is to install the new keys")
    const target = all.get("t")?.[0] ?? ".ssh/authorized_keys"
    const script = `cd; umask 077; mkdir -p ${quoted(target.replace(/\/?[^/]*$/, "") || ".")} && { [ -z "$(tail -1c ${quoted(target)} 2>/dev/null)" ] || echo >> ${quoted(target)}; } && cat >> ${quoted(target)}`
    const { code } = yield* remotely(process, [...options, to], script, encoder.encode(`${line}\n`))
    if (code !== 0) return 1
    yield* process.print(
      `\nNumber of key(s) added: 1\n\nNow try logging into the machine, with:   "ssh ${options.map((one) => `${one} `).join("")}'${to}'"\nand check to make sure that only the key(s) you wanted were added.\n\n`,
    )
    return 0
  },
})

export const sshKeyscan = defineTool({
  name: "ssh-keyscan",
  plain: true,
  summary: "gather SSH public keys from servers",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, { letters: "46cDHqv", valued: "fOpTt" })
    if (problem !== undefined || words.length === 0) {
      yield* process.error(
        "usage: ssh-keyscan [-46cDHqv] [-f file] [-O option] [-p port] [-T timeout]\n                   [-t type] [host | addrlist namelist]\n",
      )
      return 1
    }
    const port = Number(flags.get("p") ?? 22)
    const types = String(flags.get("t") ?? "ecdsa,ed25519,rsa").split(",")
    let found = false
    for (const host of words) {
      try {
        const [record] = /^\d+(\.\d+){3}$/.test(host) ? [{ value: host }] : yield* process.network.lookup(host)
        if (!record) {
          yield* process.error(`getaddrinfo ${host}: Name or service not known\n`)
          continue
        }
        const stream = yield* process.network.connect(record.value, port, { timeout: Number(flags.get("T") ?? 5) * 1_000 })
        const file = new SocketFile(stream, 30_000 + process.pid)
        file.retain()
        const link = new Link(file, file)
        const first = yield* link.receive(process)
        file.release()
        if (first?.message.t !== "hostkeys") continue
        for (const type of types)
          for (const text of first.message.keys) {
            const key = readPublic(publicLine(unbase64(text)))
            if (!key || !publicLine(key.blob).split(" ")[0].includes(type)) continue
            found = true
            if (!flags.has("q")) yield* process.error(`# ${host}:${port} ${link.greeting}\n`)
            yield* process.print(`${hostName(host, port)} ${publicLine(key.blob).split(" ")[0]} ${base64(key.blob)}\n`)
          }
      } catch (error) {
        if (!(error instanceof SystemError) || error.code === "EINTR" || error.code === "EPIPE") throw error
        yield* process.error(`${host}: ${error.message}\n`)
      }
    }
    return found ? 0 : 1
  },
})
