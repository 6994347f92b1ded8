/** envsubst: variables of the environment put into text. */
import { defineTool } from "../define-tool.ts"
import { parseOptions, usageError } from "./reading.ts"

const VARIABLE = /\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})/g

export const envsubst = defineTool({
  name: "envsubst",
  version: "(GNU gettext-runtime) 0.21",
  summary: "substitute environment variables in shell format strings",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, { letters: "v", long: { variables: "v" } })
    if (problem) return yield* usageError(process, "envsubst", problem)
    const [format] = words
    const named = format === undefined ? undefined : new Set([...format.matchAll(VARIABLE)].map(([, plain, braced]) => plain ?? braced))
    if (flags.has("v")) {
      yield* process.print([...(named ?? [])].map((name) => `${name}\n`).join(""))
      return 0
    }
    const text = new TextDecoder().decode(yield* process.readAll(0))
    yield* process.print(
      text.replace(VARIABLE, (whole, plain: string | undefined, braced: string | undefined) => {
        const name = plain ?? braced ?? ""
        return named && !named.has(name) ? whole : (process.env.get(name) ?? "")
      }),
    )
    return 0
  },
})
