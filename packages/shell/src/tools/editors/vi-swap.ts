/** vi's swap file: who edits a file, and what of it could be had again. As memline.c: its name, and the text of E325. */
import { Accounts, type Process, SystemError } from "@drydock/machine"
import { formatDate } from "../../text/date.ts"

const MARK = "b0VIM 9.1"
/** Keys after which the text is written again ('updatecount'). */
const EVERY = 200
/** UTF-16 units of text that are kept. */
const MOST = 1_000_000

export interface FoundSwap {
  /** The page that tells of it, its question last. */
  readonly text: string
  /** The keys that answer. */
  readonly keys: string
  readonly content: string
}

export class SwapFile {
  readonly #process: Process
  readonly #file: string
  readonly name: string
  readonly #path: string
  #keys = 0
  #own = false

  constructor(process: Process, file: string) {
    this.#process = process
    this.#file = file
    const slash = file.lastIndexOf("/") + 1
    this.name = `${file.slice(0, slash)}.${file.slice(slash)}.swp`
    // The path stays, wherever ":cd" or the shell may go.
    this.#path = `${process.files.resolve(slash === 0 ? "." : file.slice(0, slash) || "/")}/.${file.slice(slash)}.swp`
  }

  /** What another editor has left or has still; undefined when nobody has the file. */
  found(): FoundSwap | undefined {
    const { files } = this.#process
    if (!files.access(this.#path, { read: true })) return undefined
    const [head = "", ...rest] = files.readText(this.#path).split("\n")
    const [mark, pid, user, host, modified] = head.split("\t")
    if (mark !== MARK) return undefined
    const running = this.#process.processes().some((one) => one.pid === Number(pid))
    const swap = files.stat(this.#path)
    const dated = (at: number) => formatDate("%a %b %e %H:%M:%S %Y", at)
    const text = `E325: ATTENTION
Found a swap file by the name "${this.name}"
          owned by: ${new Accounts(files).userName(swap.uid)}   dated: ${dated(swap.modifiedAt)}
         file name: ${files.resolve(this.#file)}
          modified: ${modified === "1" ? "YES" : "no"}
         user name: ${user}   host name: ${host}
        process ID: ${pid}${running ? " (STILL RUNNING)" : ""}
While opening file "${this.#file}"
${files.exists(this.#file) ? `             dated: ${dated(files.stat(this.#file).modifiedAt)}\n` : ""}
(1) Another program may be editing the same file.  If this is the case,
    be careful not to end up with two different instances of the same
    file when making changes.  Quit, or continue with caution.
(2) An edit session for this file crashed.
    If this is the case, use ":recover" or "vim -r ${this.#file}"
    to recover the changes (see ":help recovery").
    If you did this already, delete the swap file "${this.name}"
    to avoid this message.

Swap file "${this.name}" already exists!
[O]pen Read-Only, (E)dit anyway, (R)ecover, ${running ? "" : "(D)elete it, "}(Q)uit, (A)bort: `
    return { text, keys: running ? "oerqa" : "oerdqa", content: rest.join("\n") }
  }

  /** Writes it, where that is allowed. */
  write(lines: readonly string[], modified = false): void {
    const process = this.#process
    const user = new Accounts(process.files).userName(process.credentials.uid)
    const text = lines.join("\n").slice(0, MOST)
    try {
      process.files.write(this.#path, `${[MARK, process.pid, user, process.hostname, modified ? 1 : 0].join("\t")}\n${text}\n`, {
        mode: 0o600,
      })
      this.#own = true
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
    }
  }

  /** A key has changed something. */
  changed(lines: readonly string[]): void {
    if (this.#own && this.#keys++ % EVERY === 0) this.write(lines, true)
  }

  remove(): void {
    if (!this.#own) return
    this.#own = false
    try {
      this.#process.files.remove(this.#path)
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
    }
  }
}
