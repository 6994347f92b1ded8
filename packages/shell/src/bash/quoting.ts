/** Words quoted so that a shell reads them back. */

/** As set -x and %q print a word. */
export const quoteWord = (word: string): string =>
  word === ""
    ? "''"
    : /^[\w@%+=:,./-]+$/.test(word)
      ? word
      : /[\n\t\r\x1b\x07]/.test(word)
        ? ansiQuoted(word)
        : `'${word.replaceAll("'", "'\\''")}'`

const NAMED: Readonly<Record<string, string>> = {
  "\n": "\\n",
  "\t": "\\t",
  "\r": "\\r",
  "\x1b": "\\E",
  "\x07": "\\a",
  "\\": "\\\\",
  "'": "\\'",
}

const ansiQuoted = (word: string): string => `$'${word.replace(/[\n\t\r\x1b\x07\\']/g, (character) => NAMED[character])}'`
