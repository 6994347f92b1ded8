/** Dockerfiles as instructions. As moby/buildkit's parser, as far as builds here need it. */

export interface Instruction {
  /** Upper case. */
  readonly name: string
  readonly rest: string
  /** Of the array form. */
  readonly words: readonly string[] | undefined
  readonly flags: Readonly<Record<string, string>>
  /** As it was written, blanks made one. */
  readonly text: string
  readonly line: number
}

/** Throws Error with the line that it cannot read. */
export const parseDockerfile = (source: string): Instruction[] => {
  const instructions: Instruction[] = []
  const lines = source.split("\n")
  for (let at = 0; at < lines.length; at++) {
    let text = lines[at].trim()
    const line = at + 1
    if (text === "" || text.startsWith("#")) continue
    while (text.endsWith("\\") && at + 1 < lines.length) {
      const next = lines[++at].trim()
      if (!next.startsWith("#")) text = `${text.slice(0, -1).trimEnd()} ${next}`
    }
    const heredoc = /<<-?["']?(\w+)["']?/.exec(text)
    if (heredoc && /^(RUN|COPY)/i.test(text)) {
      const body: string[] = []
      while (at + 1 < lines.length && lines[++at].trim() !== heredoc[1]) body.push(lines[at])
      text = /^RUN/i.test(text) ? `RUN ${body.join("\n")}` : text
    }
    const [, name, after = ""] = /^(\w+)\s*([\s\S]*)$/.exec(text) ?? []
    if (!name) throw new Error(`dockerfile parse error on line ${line}: unknown instruction: ${text.split(/\s/)[0]}`)
    if (!KNOWN.has(name.toUpperCase())) throw new Error(`dockerfile parse error on line ${line}: unknown instruction: ${name}`)
    const flags: Record<string, string> = {}
    let rest = after
    for (let flag = /^--([\w-]+)(?:=(\S+))?\s+/.exec(rest); flag; flag = /^--([\w-]+)(?:=(\S+))?\s+/.exec(rest)) {
      flags[flag[1]] = flag[2] ?? "true"
      rest = rest.slice(flag[0].length)
    }
    instructions.push({
      name: name.toUpperCase(),
      rest,
      words: arrayForm(rest),
      flags,
      text: `${name.toUpperCase()} ${after}`.trim(),
      line,
    })
  }
  return instructions
}

const KNOWN = new Set(
  "FROM RUN CMD LABEL MAINTAINER EXPOSE ENV ADD COPY ENTRYPOINT VOLUME USER WORKDIR ARG ONBUILD STOPSIGNAL HEALTHCHECK SHELL".split(" "),
)

const arrayForm = (text: string): string[] | undefined => {
  if (!text.startsWith("[")) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) && value.every((word) => typeof word === "string") ? (value as string[]) : undefined
  } catch {
    return undefined
  }
}

/** $NAME and ${NAME:-default}. */
export const expand = (text: string, values: ReadonlyMap<string, string>): string =>
  text.replace(
    /\\\$|\$(?:\{(\w+)(?::([-+])([^}]*))?\}|(\w+))/g,
    (all, braced?: string, operator?: string, word?: string, plain?: string) => {
      if (all === "\\$") return "$"
      const value = values.get((braced ?? plain) as string)
      if (operator === "-") return value || (word ?? "")
      if (operator === "+") return value ? (word ?? "") : ""
      return value ?? ""
    },
  )

/** KEY=value KEY2="v w", or the old KEY value. */
export const pairs = (text: string): [string, string][] => {
  if (!/^[\w.-]+=/.test(text)) {
    const [, key = "", value = ""] = /^(\S+)\s+([\s\S]*)$/.exec(text) ?? []
    return key ? [[key, value]] : []
  }
  return [...text.matchAll(/([\w./-]+)=("(?:[^"\\]|\\.)*"|'[^']*'|(?:\\.|\S)*)/g)].map(([, key, value]) => [
    key,
    /^["']/.test(value) ? value.slice(1, -1).replace(/\\(["\\$])/g, "$1") : value.replace(/\\(.)/g, "$1"),
  ])
}
