/** Warning headers of an answer, cut so that they stay headers. As k8s.io/apiserver/pkg/endpoints/filters/warning.go. */

/** Characters of all warnings; beyond them each is cut. */
const MOST = 4 * 1024
const MOST_EACH = 256

const header = (text: string): string => `299 - ${JSON.stringify(text)}`

/** Characters as Go's runes, lone halves of pairs left as they are. */
const cut = (text: string, most: number): string => (text.length <= most ? text : Array.from(text).slice(0, most).join(""))

export const warningHeaders = (warnings: readonly string[]): string[] => {
  const distinct = [...new Set(warnings)].filter((text) => text !== "")
  let length = 0
  for (const text of distinct) length += text.length
  if (length <= MOST) return distinct.map(header)
  const kept: string[] = []
  let written = 0
  for (const text of distinct) {
    if (written >= MOST) break
    const shorter = cut(text, MOST_EACH)
    written += shorter.length
    kept.push(header(shorter))
  }
  return kept
}
