/** `kubectl __complete`: what the shells' completion scripts ask. As spf13/cobra/completions.go. */
import { type Process, type Steps, SystemError } from "@drydock/machine"
import { KubectlError } from "../errors.ts"
import { answer } from "./answer.ts"
import { type Answer, FILE_EXTENSIONS, NO_FILES, NO_SPACE, plain } from "./sources.ts"

const DIRECTIVES = [
  [1, "ShellCompDirectiveError"],
  [NO_SPACE, "ShellCompDirectiveNoSpace"],
  [NO_FILES, "ShellCompDirectiveNoFileComp"],
  [FILE_EXTENSIONS, "ShellCompDirectiveFilterFileExt"],
] as const

export const COMPLETE = ["__complete", "__completeNoDesc"]

/** `args`: kubectl's, one of them COMPLETE. */
export function* complete(process: Process, args: readonly string[]): Steps<number> {
  const at = args.findIndex((word) => COMPLETE.includes(word))
  const asked = args.slice(at + 1)
  if (asked.length === 0) throw new KubectlError("requires at least 1 arg(s), only received 0")
  const words = [...asked.slice(0, -1)]
  let given: Answer
  try {
    given = yield* answer(process, words, asked[asked.length - 1])
  } catch (error) {
    if (!(error instanceof KubectlError || error instanceof SystemError)) throw error
    given = plain([])
  }
  const described = args[at] === "__complete"
  const lines = given.candidates.map((one) => (described ? one : one.split("\t")[0]).split("\n")[0].trimEnd())
  yield* process.print(`${lines.map((line) => `${line}\n`).join("")}:${given.directive}\n`)
  const ended = DIRECTIVES.filter(([bit]) => given.directive & bit).map(([, text]) => text)
  const text = `Completion ended with directive: ${ended.join(", ") || "ShellCompDirectiveDefault"}\n`
  // `options` writes all that it says to standard output.
  yield* words[0] === "options" ? process.print(text) : process.error((given.said ?? "") + text)
  return 0
}
