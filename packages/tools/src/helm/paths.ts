/** Paths as Go's path and path/filepath treat them. */

export const baseName = (path: string): string =>
  path === ""
    ? "."
    : path
        .replace(/(?<=.)\/+$/, "")
        .split("/")
        .at(-1) || "/"

export const directoryOf = (path: string): string => {
  const slash = path.lastIndexOf("/")
  return slash < 0 ? "." : path.slice(0, slash) || "/"
}

/** filepath.Clean of the parts joined. */
export const joinPath = (...parts: readonly string[]): string => {
  const joined = parts.filter(Boolean).join("/")
  const kept: string[] = []
  for (const part of joined.split("/")) {
    if (part === "" || part === ".") continue
    if (part === ".." && kept.length > 0 && kept.at(-1) !== "..") kept.pop()
    else if (part !== ".." || !joined.startsWith("/")) kept.push(part)
  }
  return (joined.startsWith("/") ? "/" : "") + kept.join("/") || "."
}

export const extension = (path: string): string => /\.[^./]*$/.exec(path)?.[0] ?? ""

/** Against a glob of *, ?, [a-z] and {a,b}; with `deep`, ** goes through slashes and so does * without separators. No native pattern is made of it. */
export const matchesGlob = (pattern: string, text: string, deep = false): boolean => {
  let budget = 100_000
  const step = (p: number, t: number): boolean => {
    if (--budget < 0) return false
    if (p === pattern.length) return t === text.length
    const character = pattern[p]
    if (character === "*") {
      const double = deep && pattern[p + 1] === "*"
      const next = p + (double ? 2 : 1)
      for (let at = t; ; at++) {
        if (step(next, at)) return true
        if (at >= text.length || (text[at] === "/" && !double)) return false
      }
    }
    if (character === "{" && deep) {
      const end = pattern.indexOf("}", p)
      if (end > 0)
        return pattern
          .slice(p + 1, end)
          .split(",")
          .some((one) => text.startsWith(one, t) && step(end + 1, t + one.length))
    }
    if (t >= text.length) return false
    if (character === "?") return text[t] !== "/" && step(p + 1, t + 1)
    if (character === "[") {
      const end = pattern.indexOf("]", p + 2)
      if (end < 0) return false
      const set = pattern.slice(p + 1, end)
      const negated = set.startsWith("^") || (deep && set.startsWith("!"))
      let within = false
      for (let at = negated ? 1 : 0; at < set.length; at++) {
        if (set[at + 1] === "-" && at + 2 < set.length) {
          within ||= text[t] >= set[at] && text[t] <= set[at + 2]
          at += 2
        } else within ||= text[t] === set[at]
      }
      return within !== negated && step(end + 1, t + 1)
    }
    const plain = character === "\\" && p + 1 < pattern.length ? pattern[p + 1] : character
    return plain === text[t] && step(p + (character === "\\" ? 2 : 1), t + 1)
  }
  return step(0, 0)
}
