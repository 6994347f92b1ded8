/** vi's files: reading one with the message about it, and writing one (fileio.c, bufwrite.c). */
import { type Process, SystemError } from "@drydock/machine"
import { ExError } from "./vi-ex.ts"
import type { ViEditor } from "./vi-editor.ts"
import type { Request } from "./vi-state.ts"

/** A text's lines, without its last end of line. */
export const linesOf = (text: string): string[] => {
  const lines = text.split("\n")
  if (lines.length > 1 && lines.at(-1) === "") lines.pop()
  return lines
}

/** A file's lines and what vi says of it; one that is not there is new. */
export const readFile = (process: Process, path: string, readonly = false): { lines: string[]; message: string; empty: boolean } => {
  if (!process.files.exists(path)) return { lines: [""], message: `"${path}" [New]`, empty: true }
  try {
    const data = process.files.readBytes(path)
    const text = new TextDecoder().decode(data)
    const lines = linesOf(text)
    const readOnly = readonly ? " [readonly]" : process.files.access(path, { write: true }) ? "" : " [readonly]"
    const unended = data.length > 0 && !text.endsWith("\n") ? " [noeol]" : ""
    return {
      lines,
      message: `"${path}"${readOnly}${unended} ${data.length === 0 ? 0 : lines.length}L, ${data.length}B`,
      empty: data.length === 0,
    }
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    return { lines: [""], message: error.code === "EISDIR" ? `"${path}" is a directory` : `"${path}" [Permission Denied]`, empty: true }
  }
}

/** Writes what is asked for and says so; throws ExError. */
export const writeFile = (process: Process, editor: ViEditor, request: Extract<Request, { kind: "write" }>): void => {
  const path = request.path ?? editor.path
  if (path === undefined) throw new ExError("E32: No file name")
  const { files } = process
  const whole = request.range.from === 0 && request.range.to === editor.lines.length - 1
  if (editor.options.readonly && !request.force && request.path === undefined)
    throw new ExError("E45: 'readonly' option is set (add ! to override)")
  const fresh = !files.exists(path)
  if (request.path !== undefined && request.path !== editor.path && !fresh && !request.force && !request.append)
    throw new ExError("E13: File exists (add ! to override)")
  if (!whole && request.path === undefined && !request.force) throw new ExError("E140: Use ! to write partial buffer")
  if (request.append && fresh && !request.force) throw new ExError("E212: Can't open file for writing")
  const lines = editor.lines.slice(request.range.from, request.range.to + 1)
  const none = editor.empty || (lines.length === 1 && lines[0] === "" && whole && fresh)
  const text = none ? "" : `${lines.join("\n")}\n`
  try {
    files.write(path, text, { append: request.append })
  } catch (error) {
    if (!(error instanceof SystemError)) throw error
    throw new ExError(`"${path}" E212: Can't open file for writing`)
  }
  editor.path ??= path
  if (whole && path === editor.path) editor.written()
  const what = request.append ? "appended" : "written"
  editor.message = `"${path}"${fresh ? " [New]" : ""} ${none ? 0 : lines.length}L, ${new TextEncoder().encode(text).length}B ${what}`
}
