/** ssh-agent and ssh-add: keys held open while a session lasts. The agent's place in /tmp is a file that only its owner may read. */
import { type Process, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../../define-tool.ts"
import { parseOptions } from "../reading.ts"
import { runCommand } from "../process-tools.ts"
import { homeOf } from "./client-config.ts"
import { base64, fingerprint, kindOf, publicLine, readPrivate, unbase64 } from "./keys.ts"
import { tooOpen } from "./key-file.ts"
import { askAtTerminal } from "./prompts.ts"

export interface HeldKey {
  readonly blob: Uint8Array
  readonly comment: string
}

const agentPath = (process: Process): string | undefined => {
  const path = process.env.get("SSH_AUTH_SOCK")
  if (path === undefined || !process.files.access(path, { read: true })) return undefined
  const pid = Number(process.files.readText(path).split("\n")[0])
  return process.processes().some((one) => one.pid === pid) ? path : undefined
}

/** The keys of the agent that SSH_AUTH_SOCK names; undefined when none answers. */
export const heldKeys = (process: Process): readonly HeldKey[] | undefined => {
  const path = agentPath(process)
  return path === undefined
    ? undefined
    : process.files
        .readText(path)
        .split("\n")
        .slice(1)
        .filter(Boolean)
        .map((line) => {
          const [data, ...comment] = line.split(" ")
          return { blob: unbase64(data), comment: comment.join(" ") }
        })
}

const hold = (process: Process, keys: readonly HeldKey[]): void => {
  const path = agentPath(process)
  if (path === undefined) return
  const [pid] = process.files.readText(path).split("\n")
  process.files.write(path, [pid, ...keys.map(({ blob, comment }) => `${base64(blob)} ${comment}`), ""].join("\n"))
}

/** Adds a key, in the place of the same one. */
export const holdKey = (process: Process, key: HeldKey): void => {
  const own = base64(key.blob)
  hold(process, [...(heldKeys(process) ?? []).filter(({ blob }) => base64(blob) !== own), key])
}

export const sshAgent = defineTool({
  name: "ssh-agent",
  plain: true,
  summary: "OpenSSH authentication agent",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, { letters: "cDdks", valued: "aEtPO", stopAtWord: true })
    if (problem) {
      yield* process.error(
        `${problem.replace("invalid option", "unknown option").replaceAll("'", "")}\nusage: ssh-agent [-c | -s] [-Dd] [-a bind_address] [-E fingerprint_hash]\n                 [-O option] [-P allowed_providers] [-t life]\n       ssh-agent [-a bind_address] [-E fingerprint_hash] [-O option]\n                 [-P allowed_providers] [-t life] command [arg ...]\n       ssh-agent [-c | -s] -k\n`,
      )
      return 1
    }
    const assign = (name: string, value: string) => (flags.has("c") ? `setenv ${name} ${value};\n` : `${name}=${value}; export ${name};\n`)
    if (flags.has("k")) {
      const pid = Number(process.env.get("SSH_AGENT_PID"))
      if (!pid) {
        yield* process.error("SSH_AGENT_PID not set, cannot kill agent\n")
        return 1
      }
      try {
        process.kill(pid, "SIGTERM")
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        yield* process.error(`kill: ${error.message}\n`)
        return 1
      }
      const gone = flags.has("c") ? "unsetenv SSH_AUTH_SOCK;\nunsetenv SSH_AGENT_PID;\n" : "unset SSH_AUTH_SOCK;\nunset SSH_AGENT_PID;\n"
      yield* process.print(`${gone}echo Agent pid ${pid} killed;\n`)
      return 0
    }
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    const name = Array.from({ length: 12 }, () => letters[Math.floor(process.random() * letters.length)]).join("")
    const directory = `/tmp/ssh-${name}`
    const socket = typeof flags.get("a") === "string" ? String(flags.get("a")) : `${directory}/agent.${process.pid}`
    if (!flags.has("a")) process.files.mkdir(directory, { mode: 0o700 })
    const child = process.spawn(
      function* (own) {
        let asked = false
        own.onSignal("SIGTERM", () => {
          asked = true
        })
        own.onSignal("SIGHUP", "ignore")
        const end = own.queue()
        while (!asked) yield* own.wait({ queues: [end] })
        try {
          own.files.remove(socket)
          if (!flags.has("a")) own.files.remove(directory)
        } catch (error) {
          if (!(error instanceof SystemError)) throw error
        }
        return 0
      },
      { argv: ["ssh-agent", ...args], fds: new Map(), session: "new", cwd: "/" },
    )
    process.files.write(socket, `${child.pid}\n`, { mode: 0o600 })
    if (words.length > 0) {
      const env = new Map([...process.env, ["SSH_AUTH_SOCK", socket], ["SSH_AGENT_PID", String(child.pid)]])
      const code = yield* runCommand(process, words, { env, tool: "ssh-agent" })
      process.kill(child.pid, "SIGTERM")
      return code
    }
    yield* process.print(`${assign("SSH_AUTH_SOCK", socket)}${assign("SSH_AGENT_PID", String(child.pid))}echo Agent pid ${child.pid};\n`)
    return 0
  },
})

function* add(process: Process, path: string): Steps<boolean> {
  let text: string
  try {
    text = process.files.readText(path)
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    yield* process.error(`${path}: ${error.message}\n`)
    return false
  }
  const complaint = tooOpen(process, path)
  if (complaint !== undefined) {
    yield* process.error(complaint)
    return false
  }
  const key = readPrivate(text)
  if (!key) {
    yield* process.error(`Error loading key "${path}": error in libcrypto\n`)
    return false
  }
  let prompt = `Enter passphrase for ${path}: `
  let phrase: string | undefined = ""
  while (!key.opens(phrase)) {
    phrase = yield* askAtTerminal(process, prompt)
    if (phrase === undefined || phrase === "") return false
    prompt = `Bad passphrase, try again for ${path}: `
  }
  const open = process.files.access(`${path}.pub`, { read: true })
    ? process.files.readText(`${path}.pub`).trim().split(/\s+/).slice(2).join(" ")
    : ""
  const comment = key.comment || open || path
  holdKey(process, { blob: key.blob, comment })
  yield* process.error(`Identity added: ${path} (${comment})\n`)
  return true
}

export const sshAdd = defineTool({
  name: "ssh-add",
  plain: true,
  summary: "adds private key identities to the OpenSSH authentication agent",
  *run(process, args) {
    const { flags, words } = parseOptions(args, { letters: "lLdDqvckxX", valued: "tEhH" })
    const held = heldKeys(process)
    if (!held) {
      yield* process.error("Could not open a connection to your authentication agent.\n")
      return 2
    }
    if (flags.has("l") || flags.has("L")) {
      if (held.length === 0) {
        yield* process.print("The agent has no identities.\n")
        return 1
      }
      for (const { blob, comment } of held) {
        const kind = kindOf(blob)
        yield* process.print(
          flags.has("L") ? `${publicLine(blob, comment)}\n` : `${kind?.bits} ${fingerprint(blob)} ${comment} (${kind?.title})\n`,
        )
      }
      return 0
    }
    if (flags.has("D")) {
      hold(process, [])
      yield* process.error("All identities removed.\n")
      return 0
    }
    const home = homeOf(process)
    const standard = ["rsa", "ecdsa", "ed25519"].map((type) => `${home}/.ssh/id_${type}`).filter((path) => process.files.exists(path))
    const paths = words.length > 0 ? words : standard
    let added = 0
    for (const path of paths) {
      if (flags.has("d")) {
        const text = process.files.exists(path) ? process.files.readText(path.replace(/(\.pub)?$/, ".pub")) : ""
        const [, data = ""] = text.trim().split(/\s+/)
        const rest = (heldKeys(process) ?? []).filter(({ blob }) => base64(blob) !== data)
        hold(process, rest)
        yield* process.error(`Identity removed: ${path}\n`)
        added++
      } else if (yield* add(process, path)) added++
    }
    return added > 0 && (words.length === 0 || added === paths.length) ? 0 : 1
  },
})
