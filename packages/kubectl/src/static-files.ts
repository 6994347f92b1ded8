/** A directory over HTTP. As Go's net/http.FileServer: index.html for a directory that has one, else its names. */
import type { HttpResponse, Process } from "@drydock/machine"

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  json: "application/json",
  svg: "image/svg+xml",
  png: "image/png",
}

const escaped = (name: string): string =>
  name
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
    .replace("&#38;", "&amp;")
    .replace("&#60;", "&lt;")
    .replace("&#62;", "&gt;")

const answer = (body: string | Uint8Array, type: string, status = 200): HttpResponse => ({
  status,
  headers: { "content-type": type },
  body,
})

/** `path`: below `root`, without a query. */
export const serveFile = ({ files }: Process, root: string, path: string): HttpResponse => {
  // Nothing above the directory is reached.
  const names: string[] = []
  for (const name of decodeURIComponent(path).split("/"))
    if (name === "..") names.pop()
    else if (name !== "" && name !== ".") names.push(name)
  const file = [root.replace(/\/$/, ""), ...names].join("/")
  if (!files.exists(file)) return answer("404 page not found\n", "text/plain; charset=utf-8", 404)
  if (files.stat(file).type !== "directory")
    return answer(files.readBytes(file), TYPES[file.slice(file.lastIndexOf(".") + 1)] ?? "text/plain; charset=utf-8")
  if (!path.endsWith("/")) return { status: 301, headers: { location: `${names.at(-1) ?? ""}/` } }
  if (files.exists(`${file}/index.html`)) return answer(files.readBytes(`${file}/index.html`), "text/html; charset=utf-8")
  const links = files
    .list(file)
    .map(({ name, type }) => (type === "directory" ? `${name}/` : name))
    .sort()
    .map((name) => `<a href="${encodeURI(name)}">${escaped(name)}</a>\n`)
  return answer(
    `<!doctype html>\n<meta name="viewport" content="width=device-width">\n<pre>\n${links.join("")}</pre>\n`,
    "text/html; charset=utf-8",
  )
}
