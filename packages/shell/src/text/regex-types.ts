/** Regular expressions in the dialects of glibc's regex.h, written as basic or extended ones. */

/** Goes over a pattern outside of its bracket expressions: `change` gets every character, with its backslash where it has one. */
const mapped = (source: string, change: (token: string) => string): string =>
  source.replace(/\[\^?\]?(?:\[[:.=][^\]]*\]|[^\]])*\]|\\?[\s\S]/g, (token) =>
    token.startsWith("[") && token.length > 1 ? token : change(token),
  )

/** RE_SYNTAX_EMACS: + and ? are operators and \+ \? themselves; there are no intervals. */
export const emacsToBasic = (source: string): string =>
  mapped(source, (token) => {
    if (token === "+" || token === "?") return `\\${token}`
    if (token === "\\+" || token === "\\?") return token[1]
    return token === "\\{" || token === "\\}" ? token[1] : token
  })
