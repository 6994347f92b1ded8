/** A syntax error as an exception of the program. */
import { raised } from "../objects/raise.ts"
import type { PyException } from "../objects/values.ts"
import type { PythonSyntaxError } from "../syntax/syntax-error.ts"

export const syntaxException = (error: PythonSyntaxError, fileName: string, text: string): PyException => {
  const made = raised(error.kind, error.message)
  const { line, column, endLine, endColumn } = error.at
  const lines = text.replace(/\r\n?/g, "\n").split("\n")
  made.attrs?.map
    .set("msg", error.message)
    .set("filename", fileName)
    .set("lineno", line)
    .set("offset", column + 1)
    .set("text", lines[line - 1] ?? "")
    .set("end_lineno", endLine)
    .set("end_offset", endLine === line ? Math.max(endColumn, column + 1) + 1 : (lines[line - 1] ?? "").length + 1)
  return made
}
