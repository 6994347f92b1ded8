/** Object{…} and JSONPatch{…}: CEL's message literals, which the expression library lacks, rewritten as maps. As k8s.io/apiserver/pkg/cel/mutation. */

const isWord = (letter: string | undefined): boolean => letter !== undefined && /[\w$]/.test(letter)

/** The end of a string literal that begins at `from`. */
const endOfText = (source: string, from: number): number => {
  const quote = source[from]
  const long = source.startsWith(quote.repeat(3), from) ? quote.repeat(3) : quote
  for (let at = from + long.length; at < source.length; at++) {
    if (source[at] === "\\") at++
    else if (source.startsWith(long, at)) return at + long.length
  }
  return source.length
}

/** Field names of the literals become quoted keys; everything else stays as it is. */
export const withoutObjectLiterals = (source: string): string => {
  if (!/\b(?:Object|JSONPatch)[\w.]*\s*\{/.test(source)) return source
  let result = ""
  /** For each open bracket: whether it is a literal's, whose fields come next. */
  const open: boolean[] = []
  let fieldNext = false
  for (let at = 0; at < source.length; ) {
    const letter = source[at]
    if (letter === '"' || letter === "'") {
      const end = endOfText(source, at)
      result += source.slice(at, end)
      at = end
      fieldNext = false
      continue
    }
    if (/[A-Za-z_]/.test(letter) && !isWord(source[at - 1])) {
      const [word] = /^[\w.]+/.exec(source.slice(at)) as RegExpExecArray
      const literal = /^(?:Object|JSONPatch)(?:\.\w+)*$/.test(word) && /^\s*\{/.exec(source.slice(at + word.length))
      if (literal) {
        result += "dyn({"
        at += word.length + literal[0].length
        open.push(true)
        fieldNext = true
        continue
      }
      if (fieldNext && /^\s*:/.test(source.slice(at + word.length))) result += JSON.stringify(word)
      else result += word
      at += word.length
      fieldNext = false
      continue
    }
    if (letter === "{" || letter === "[" || letter === "(") open.push(false)
    else if ((letter === "}" || letter === "]" || letter === ")") && open.pop()) {
      result += "})"
      at++
      continue
    }
    if (letter === ",") fieldNext = open.at(-1) === true
    result += letter
    at++
  }
  return result
}
