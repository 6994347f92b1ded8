/** -o custom-columns. As kubectl/pkg/cmd/get/customcolumn.go. */
import { goValue, JsonPathError, parseJsonPath, relaxed } from "@drydock/gotemplate"
import { KubectlError } from "../errors.ts"
import { align, TABLE_STYLE } from "./tabwriter.ts"
import { escapeTerminal } from "./terminal.ts"

export interface Column {
  readonly header: string
  readonly path: string
}

/** "NAME:.metadata.name,IMAGE:.spec…" */
export const parseColumns = (spec: string): Column[] => {
  if (spec === "") throw new KubectlError("custom-columns format specified but no custom columns given")
  return spec.split(",").map((part) => {
    const colon = part.indexOf(":")
    if (colon < 0) throw new KubectlError(`unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`)
    return { header: part.slice(0, colon), path: relaxedPath(part.slice(colon + 1)) }
  })
}

const MISSING = "Expected format is one line of space separated headers, one line of space separated column specs."

/** A file: a line of headers and below them one of paths. */
export const columnsOfFile = (text: string): Column[] => {
  const lines = text === "" ? [] : text.replace(/\n$/, "").split("\n")
  for (const [at, line] of ["header", "spec"].entries())
    if (lines.length <= at) throw new KubectlError(`invalid template, missing ${line} line. ${MISSING}`)
  const [headers, paths] = lines.slice(0, 2).map((line) => line.split(/\s+/).filter(Boolean))
  if (headers.length !== paths.length)
    throw new KubectlError(`number of headers (${headers.length}) and field specifications (${paths.length}) don't match`)
  return headers.map((header, at) => ({ header, path: relaxedPath(paths[at]) }))
}

const relaxedPath = (path: string): string => {
  try {
    return relaxed(path)
  } catch (error) {
    throw new KubectlError((error as Error).message)
  }
}

/** A row, whose values may hold tabs and newlines of their own. */
const rowOf = (object: unknown, paths: readonly ReturnType<typeof parseJsonPath>[]): string =>
  paths
    .map((path) => {
      const found = path.values(object)
      return found.length === 0 ? "<none>" : found.map((value) => escapeTerminal(goValue(value))).join(",")
    })
    .join("\t")

/** What can be printed of OBJECTS, and why it is not all: headers are out before paths are understood, and rows before one that fails. */
export const customColumns = (
  wanted: readonly Column[],
  objects: readonly unknown[],
  headers: boolean,
): { readonly text: string; readonly fault?: string } => {
  const lines = headers ? [wanted.map(({ header }) => header).join("\t")] : []
  let fault: string | undefined
  try {
    const paths = wanted.map(({ path }) => parseJsonPath(path))
    for (const object of objects) lines.push(rowOf(object, paths))
  } catch (error) {
    if (!(error instanceof JsonPathError)) throw error
    fault = error.message
  }
  return { text: align(lines.map((line) => `${line}\n`).join(""), TABLE_STYLE), ...(fault !== undefined && { fault }) }
}
