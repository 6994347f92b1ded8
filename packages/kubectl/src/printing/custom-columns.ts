/** -o custom-columns. As kubectl/pkg/cmd/get/customcolumn.go. */
import { goValue, JsonPathError, parseJsonPath, relaxed } from "@drydock/gotemplate"
import { KubectlError } from "../errors.ts"
import { columns } from "./tabwriter.ts"

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

/** A file: a line of headers and below them one of paths. */
export const columnsOfFile = (text: string): Column[] => {
  const [headers, paths] = text.split("\n").map((line) => line.trim().split(/\s+/).filter(Boolean))
  if (!headers?.length)
    throw new KubectlError(
      "invalid template, missing header line. Expected format is one line of space separated headers, one line of space separated column specs.",
    )
  if (!paths?.length)
    throw new KubectlError(
      "invalid template, missing spec line. Expected format is one line of space separated headers, one line of space separated column specs.",
    )
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

/** Why a column's path is none; undefined when all are. */
export const columnFault = (wanted: readonly Column[]): string | undefined => {
  for (const { path } of wanted)
    try {
      parseJsonPath(path)
    } catch (error) {
      if (error instanceof JsonPathError) return error.message
      throw error
    }
  return undefined
}

export const customColumns = (wanted: readonly Column[], objects: readonly unknown[], noHeaders: boolean): string => {
  const paths = objects.length === 0 ? [] : wanted.map(({ path }) => parseJsonPath(path))
  return columns([
    ...(noHeaders ? [] : [wanted.map(({ header }) => header)]),
    ...objects.map((object) =>
      paths.map((path) => {
        try {
          const found = path.values(object)
          return found.length === 0 ? "<none>" : found.map((value) => (value === null ? "<none>" : goValue(value))).join(",")
        } catch (error) {
          if (error instanceof JsonPathError) throw new KubectlError(error.message)
          throw error
        }
      }),
    ),
  ])
}
