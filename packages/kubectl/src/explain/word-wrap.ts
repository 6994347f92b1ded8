/** Breaks lines at spaces. As mitchellh/go-wordwrap: words longer than a line stay whole, spaces within a line are kept. */
export const wordWrap = (text: string, limit: number): string => {
  let out = ""
  let current = 0
  let word = ""
  let space = ""
  for (const character of text) {
    if (character === "\n") {
      if (word === "") {
        if (current + space.length <= limit) out += space
      } else out += space + word
      word = ""
      space = ""
      out += "\n"
      current = 0
    } else if (/\s/.test(character) && character !== "\u00a0") {
      if (space === "" || word !== "") {
        current += space.length + [...word].length
        out += space + word
        word = ""
        space = ""
      }
      space += character
    } else {
      word += character
      const length = [...word].length
      if (current + length + space.length > limit && length < limit) {
        out += "\n"
        current = 0
        space = ""
      }
    }
  }
  if (word === "") return current + space.length <= limit ? out + space : out
  return out + space + word
}

export const indent = (text: string, by: number): string => text.replace(/^/gm, " ".repeat(by))
