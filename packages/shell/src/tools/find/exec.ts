/** find's -exec, -execdir, -ok and -okdir. */
import type { Process, Steps } from "@drydock/machine"
import { findExecutable } from "../executables.ts"
import { baseName } from "../paths.ts"
import { quote } from "../reading.ts"
import type { Settings, Test } from "./place.ts"

/** Command lines' bytes at which -exec … + starts another. */
const MOST = 131_072

function* run(process: Process, argv: readonly string[], cwd?: string): Steps<boolean> {
  const path = findExecutable(process, argv[0])
  if (!path) {
    yield* process.error(`find: ${quote(process, argv[0])}: No such file or directory\n`)
    return false
  }
  const child = process.spawnFile(path, { argv, ...(cwd !== undefined && { cwd }) })
  const ended = yield* process.waitFor({ pid: child.pid })
  return ended?.status.kind === "exited" && ended.status.code === 0
}

/** A line that says yes. */
function* agreed(process: Process, words: readonly string[], name: string): Steps<boolean> {
  yield* process.error(`< ${words[0]} ... ${name} > ? `)
  let answer = ""
  for (let chunk = yield* process.read(0, 1); chunk.length > 0 && chunk[0] !== 10; chunk = yield* process.read(0, 1))
    answer += String.fromCharCode(chunk[0])
  return /^[yY]/.test(answer)
}

const parentOf = (path: string): string => (path.includes("/") ? path.replace(/\/[^/]*$/, "") || "/" : ".")

/** `words`: the command with {} in it; `many`: as many files at a time as there are. */
export const execTest = (process: Process, settings: Settings, option: string, words: readonly string[], many: boolean): Test => {
  const inDirectory = option.endsWith("dir")
  const asks = option.startsWith("-ok")
  if (many) {
    let [found, length, directory]: [string[], number, string | undefined] = [[], 0, undefined]
    const flush = function* (): Steps<void> {
      const files = found
      ;[found, length] = [[], 0]
      if (files.length > 0 && !(yield* run(process, [...words.slice(0, -1), ...files], directory))) settings.failed = true
    }
    settings.finish.push(flush)
    return function* ({ path }) {
      const own = inDirectory ? process.files.resolve(parentOf(path)) : undefined
      const name = inDirectory ? `./${baseName(path)}` : path
      if (own !== directory || length + name.length > MOST) yield* flush()
      directory = own
      found.push(name)
      length += name.length + 1
      return true
    }
  }
  return function* ({ path }) {
    const name = inDirectory ? `./${baseName(path)}` : path
    if (asks && !(yield* agreed(process, words, name))) return false
    const argv = words.map((word) => word.split("{}").join(name))
    return yield* run(process, argv, inDirectory ? process.files.resolve(parentOf(path)) : undefined)
  }
}
