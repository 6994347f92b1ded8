/** One page of a Killercoda or Katacoda scenario as prose of ours, with the commands in it. */
import { type HtmlState, withoutHtml, withoutPictures } from "./html-lines.ts"
import type { ImportNotes } from "./import-notes.ts"
import { fenced, lowered, markdownParts, plainColons } from "./markdown-parts.ts"

export interface KillercodaPage {
  prose: string
  /** Clickable commands outside folded solutions. */
  commands: string[]
  /** Commands in folded parts that are called solution or answer. */
  solution: string[]
  /** Shell blocks that are only shown. */
  shells: string[]
}

interface Marker {
  execute: boolean
  interrupt: boolean
  machine?: string
  unknown?: string
}

/** {{exec}}, {{execute HOST2 interrupt}}, {{copy}}: what is asked for. */
const markerOf = (words: string): Marker => {
  const [action = "", ...rest] = words.trim().toLowerCase().split(/\s+/)
  const marker: Marker = { execute: action.startsWith("exec"), interrupt: rest.includes("interrupt") }
  if (rest.some((word) => /^host0?2$/.test(word))) marker.machine = "node01"
  const unknown = rest.filter((word) => !/^(interrupt|no-newline|t1|host0?[12])$/.test(word))
  if (!/^(exec|execute|copy|open)$/.test(action)) marker.unknown = action
  else if (unknown.length > 0) marker.unknown = unknown.join(" ")
  return marker
}

const MARKED = /`([^`]+)`\{\{\s*((?:exec|execute|copy|open)\b[^}]*)\}\}/gi
const SOLUTION = /solution|answer|lösung/i

export const killercodaPage = (content: string, about: { file: string; notes: ImportNotes; topology: string }): KillercodaPage => {
  const { file, notes, topology } = about
  const page: KillercodaPage = { prose: "", commands: [], solution: [], shells: [] }
  const out: string[] = []
  const html: HtmlState = { folded: undefined }
  /** Commands of a sentence, put behind its paragraph. */
  let pending: string[] = []
  const flush = () => {
    if (pending.length > 0) out.push("", ...pending.flatMap((block) => [block, ""]))
    pending = []
  }
  /** An address inside: the page opens it in the lab's own browser. */
  const address = (host: string, port: string) =>
    `http://${host === "2" && topology === "kubeadm-2nodes" ? "172.30.2.2" : "172.30.1.2"}:${port}`
  const traffic = (text: string, line: number): string =>
    text
      .replace(/\{\{\s*TRAFFIC_HOST(\d)_(\d+)\s*\}\}/g, (_, host: string, port: string) => address(host, port))
      .replace(/https?:\/\/\[\[HOST_SUBDOMAIN\]\]-(\d+)-\[\[KATACODA_HOST\]\]\.environments\.katacoda\.com/g, (_, port: string) =>
        address("1", port),
      )
      .replace(/\{\{\s*TRAFFIC_SELECTOR\s*\}\}/g, () => {
        notes.add(file, line, "the port selector is the Browser tab beside the terminals, which lists what listens")
        return "http://172.30.1.2"
      })
  const command = (body: string, marker: Marker, line: number, info = "bash"): string => {
    const whole = traffic(body, line)
    if (marker.interrupt) notes.add(file, line, "the learner presses ^C before this command: nothing does it for them")
    if (marker.unknown !== undefined) notes.add(file, line, `"${marker.unknown}" behind a command is not carried over`)
    if (!marker.execute) return fenced(info, whole)
    if (html.folded !== undefined && SOLUTION.test(html.folded)) page.solution.push(whole)
    else page.commands.push(whole)
    const machine = marker.machine !== undefined && topology === "kubeadm-2nodes" ? ` machine=${marker.machine}` : ""
    return fenced(html.folded === undefined ? `bash exec${machine}` : "bash", whole)
  }
  for (const part of markdownParts(content)) {
    if (part.kind === "fence") {
      flush()
      const [, marks] = /^\{\{\s*([^}]*)\}\}/.exec(part.after) ?? []
      const shell = /^(bash|sh|shell|console|zsh)?$/i.test(part.info)
      if (marks === undefined && shell && part.body.trim() !== "") {
        page.shells.push(part.body)
        if (html.folded !== undefined && SOLUTION.test(html.folded)) page.solution.push(part.body)
      }
      const block =
        marks === undefined
          ? fenced(part.info || "text", traffic(part.body, part.line))
          : command(part.body, markerOf(marks), part.line, part.info || "bash")
      if (marks === undefined && part.after !== "") notes.add(file, part.line, `"${part.after}" behind a block is not carried over`)
      out.push("", ...block.split("\n"), "")
      continue
    }
    const { line } = part
    const whole = /^\s*`([^`]+)`\{\{\s*((?:exec|execute|copy|open)\b[^}]*)\}\}\s*$/i.exec(part.text)
    if (whole) {
      flush()
      out.push("", ...command(whole[1], markerOf(whole[2]), line).split("\n"), "")
      continue
    }
    const text = part.text.replace(MARKED, (_, body: string, words: string) => {
      const marker = markerOf(words)
      if (marker.execute) pending.push(command(body, marker, line))
      return `\`${body}\``
    })
    const plain = withoutHtml(withoutPictures(traffic(text, line), file, line, notes), { file, line, notes, state: html })
    for (const one of plain) {
      if (one.trim() === "" && html.folded === undefined) flush()
      const left = /\{\{[^}]*\}\}/.exec(one.replace(/`[^`]*`/g, ""))
      if (left) notes.add(file, line, `"${left[0]}" is not carried over`)
      out.push(one.startsWith(":::") ? one : plainColons(lowered(one)))
    }
  }
  if (html.folded !== undefined) out.push(":::")
  flush()
  page.prose = out
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim()
  return page
}
