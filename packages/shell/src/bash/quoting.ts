/** Words quoted so that a shell reads them back (lib/sh/shquote.c, lib/sh/strtrans.c). */

/** Characters that are no text a terminal shows as itself. */
const UNPRINTABLE = /[\x00-\x1f\x7f\ud800-\udfff]/u

const NAMED: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\x1b": "\\E",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
  "'": "\\'",
}

/** `$'…'`, as ansic_quote writes it. */
const ansiQuoted = (word: string): string =>
  `$'${word.replace(/[\x00-\x1f\x7f\\'\ud800-\udfff]/gu, (character) => NAMED[character] ?? `\\${(character.charCodeAt(0) & 0xff).toString(8).padStart(3, "0")}`)}'`

export const singleQuoted = (word: string): string => (word === "'" ? "\\'" : `'${word.replaceAll("'", "'\\''")}'`)

/** What a shell would not take as itself (sh_contains_shell_metas). */
const hasMetas = (word: string): boolean => /[ \t\n'"\\|&;()<>!{}*[\]?^$`]|(?:^|[=:])~|(?:^|\s)#/.test(word)

/** As `${name@Q}` quotes: always, whatever the word is. */
export const reusable = (word: string): string => (UNPRINTABLE.test(word) ? ansiQuoted(word) : `'${word.replaceAll("'", "'\\''")}'`)

/** As set -x prints a word: only where it must be quoted, and then in plain quotes if these will do. */
export const traced = (word: string): string =>
  word === "" ? "''" : hasMetas(word) ? singleQuoted(word) : UNPRINTABLE.test(word) ? ansiQuoted(word) : word

/** As `set` lists a variable's value. */
export const listed = (value: string): string =>
  UNPRINTABLE.test(value) ? ansiQuoted(value) : hasMetas(value) ? singleQuoted(value) : value

/** As `declare -p` writes a value. */
export const inDoubleQuotes = (value: string): string =>
  UNPRINTABLE.test(value) ? ansiQuoted(value) : `"${value.replace(/[\\"$`]/g, "\\$&")}"`

/** As printf's %q writes a word: a backslash before each character that needs one (sh_backslash_quote). */
export const backslashQuoted = (word: string): string =>
  word === "" ? "''" : UNPRINTABLE.test(word) ? ansiQuoted(word) : word.replace(/[\s!"$&'()*,;<>?[\\\]^`{|}]|^[#~]/g, "\\$&")
