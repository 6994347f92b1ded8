/** File name patterns with *, ? and [abc]. As Go's path/filepath.Match. */

/** Whether one name fits a pattern; time grows with their product, not with what the learner thinks of. */
export const wildcard =
  (pattern: string) =>
  (name: string): boolean => {
    let [at, from] = [0, 0]
    let star = -1
    let mark = 0
    while (from < name.length) {
      const step = pattern[at] === "*" || at >= pattern.length ? undefined : one(pattern, at, name[from])
      if (step !== undefined) {
        at = step
        from++
      } else if (pattern[at] === "*") {
        star = at++
        mark = from
      } else if (star >= 0) {
        at = star + 1
        from = ++mark
      } else return false
    }
    while (pattern[at] === "*") at++
    return at === pattern.length
  }

/** Where the pattern goes on after it took `letter` at `at`; undefined when it does not. */
const one = (pattern: string, at: number, letter: string): number | undefined => {
  if (pattern[at] === "?") return at + 1
  if (pattern[at] === "\\") return pattern[at + 1] === letter ? at + 2 : undefined
  const end = pattern[at] === "[" ? pattern.indexOf("]", at + 2) : -1
  if (end < 0) return pattern[at] === letter ? at + 1 : undefined
  const negated = pattern[at + 1] === "^"
  let found = false
  for (let index = at + (negated ? 2 : 1); index < end; index++)
    if (pattern[index + 1] === "-" && index + 2 < end) {
      found ||= pattern[index] <= letter && letter <= pattern[index + 2]
      index += 2
    } else found ||= pattern[index] === letter
  return found !== negated ? end + 1 : undefined
}
