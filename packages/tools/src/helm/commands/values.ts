/** -f, --set and their kin as one tree. As helm/pkg/cli/values/options.go. */
import { floatsIn } from "@drydock/gotemplate"
import { bodyText, type Steps } from "@drydock/machine"
import type { Values } from "../chart/chart.ts"
import { mergeMaps, readValues } from "../chart/load.ts"
import { setValues } from "../chart/set-values.ts"
import type { Context } from "../context.ts"
import { HelmError, reasonOf } from "../errors.ts"
import { fetchFile, isAddress } from "../repositories/fetch.ts"

function* readFile(context: Context, path: string): Steps<string> {
  const { process } = context
  if (path.trim() === "-") return new TextDecoder().decode(yield* process.readAll(0))
  if (isAddress(path)) return bodyText(yield* fetchFile(context, path))
  if (!process.files.exists(path)) throw new HelmError(`open ${path}: no such file or directory`)
  if (process.files.stat(path).type === "directory") throw new HelmError(`read ${path}: is a directory`)
  return process.files.readText(path)
}

const attempt = (what: string, run: () => void): void => {
  try {
    run()
  } catch (error) {
    throw new HelmError(`${what}: ${reasonOf(error)}`)
  }
}

/** Throws HelmError. */
export function* userValues(context: Context): Steps<Values> {
  const { flags } = context
  let values: Values = {}
  for (const path of flags.all("values")) {
    const text = yield* readFile(context, path)
    try {
      values = mergeMaps(values, readValues(text))
    } catch (error) {
      throw new HelmError(`failed to parse ${path}: ${reasonOf(error)}`)
    }
  }
  for (const text of flags.all("set-json")) {
    if (text.trim().startsWith("{")) {
      try {
        values = mergeMaps(values, floatsIn(JSON.parse(text)) as Values)
      } catch {
        throw new HelmError(`failed parsing --set-json data JSON: ${text}`)
      }
    } else {
      try {
        setValues(text, values, "json")
      } catch {
        throw new HelmError(`failed parsing --set-json data ${text}`)
      }
    }
  }
  for (const text of flags.all("set")) attempt("failed parsing --set data", () => setValues(text, values, "typed"))
  for (const text of flags.all("set-string")) attempt("failed parsing --set-string data", () => setValues(text, values, "string"))
  for (const text of flags.all("set-file")) {
    const contents = new Map<string, string>()
    setValues(text, {}, (path) => contents.set(path, ""))
    for (const path of contents.keys()) {
      try {
        contents.set(path, yield* readFile(context, path))
      } catch (error) {
        throw new HelmError(`failed parsing --set-file data: ${reasonOf(error)}`)
      }
    }
    setValues(text, values, (path) => contents.get(path) ?? "")
  }
  for (const text of flags.all("set-literal")) attempt("failed parsing --set-literal data", () => setValues(text, values, "literal"))
  return values
}
