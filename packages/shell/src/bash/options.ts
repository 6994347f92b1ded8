/** Options of `set` and `shopt`. */

/** Names of `set -o`, with their letters. */
export const SET_LETTERS = {
  allexport: "a",
  braceexpand: "B",
  emacs: "",
  errexit: "e",
  errtrace: "E",
  functrace: "T",
  hashall: "h",
  histexpand: "H",
  history: "",
  ignoreeof: "",
  "interactive-comments": "",
  keyword: "k",
  monitor: "m",
  noclobber: "C",
  noexec: "n",
  noglob: "f",
  nolog: "",
  notify: "b",
  nounset: "u",
  onecmd: "t",
  physical: "P",
  pipefail: "",
  posix: "",
  privileged: "p",
  verbose: "v",
  vi: "",
  xtrace: "x",
} as const

const SHOPT_NAMES = [
  "autocd",
  "assoc_expand_once",
  "cdable_vars",
  "cdspell",
  "checkhash",
  "checkjobs",
  "checkwinsize",
  "cmdhist",
  "compat31",
  "compat32",
  "compat40",
  "compat41",
  "compat42",
  "compat43",
  "compat44",
  "complete_fullquote",
  "direxpand",
  "dirspell",
  "dotglob",
  "execfail",
  "expand_aliases",
  "extdebug",
  "extglob",
  "extquote",
  "failglob",
  "force_fignore",
  "globasciiranges",
  "globskipdots",
  "globstar",
  "gnu_errfmt",
  "histappend",
  "histreedit",
  "histverify",
  "hostcomplete",
  "huponexit",
  "inherit_errexit",
  "interactive_comments",
  "lastpipe",
  "lithist",
  "localvar_inherit",
  "localvar_unset",
  "login_shell",
  "mailwarn",
  "no_empty_cmd_completion",
  "nocaseglob",
  "nocasematch",
  "noexpand_translation",
  "nullglob",
  "patsub_replacement",
  "progcomp",
  "progcomp_alias",
  "promptvars",
  "restricted_shell",
  "shift_verbose",
  "sourcepath",
  "varredir_close",
  "xpg_echo",
] as const

export type SetOption = keyof typeof SET_LETTERS
export type ShoptOption = (typeof SHOPT_NAMES)[number]
export type ShellOptions = Record<SetOption | ShoptOption, boolean>

const ON: ReadonlySet<SetOption | ShoptOption> = new Set([
  "braceexpand",
  "hashall",
  "histexpand",
  "interactive-comments",
  "checkwinsize",
  "cmdhist",
  "complete_fullquote",
  "extquote",
  "force_fignore",
  "globasciiranges",
  "globskipdots",
  "hostcomplete",
  "interactive_comments",
  "patsub_replacement",
  "progcomp",
  "promptvars",
  "sourcepath",
] as const)

export const SET_NAMES = Object.keys(SET_LETTERS) as SetOption[]

export const isSetOption = (name: string): name is SetOption => Object.hasOwn(SET_LETTERS, name)
export const isShoptOption = (name: string): name is ShoptOption => (SHOPT_NAMES as readonly string[]).includes(name)
export const setOptionOf = (letter: string): SetOption | undefined => SET_NAMES.find((name) => SET_LETTERS[name] === letter)
export const shoptNames = (): readonly ShoptOption[] => SHOPT_NAMES

const DEFAULTS = Object.fromEntries([...SET_NAMES, ...SHOPT_NAMES].map((name) => [name, ON.has(name)])) as unknown as ShellOptions

/** Copied, not made anew: every shell and subshell begins with its own. */
export const defaultOptions = (): ShellOptions => ({ ...DEFAULTS })

/** $- : letters in the order bash keeps its flags. */
export const flagLetters = (options: ShellOptions, interactive: boolean, from: "c" | "s" | ""): string => {
  let letters = ""
  for (const letter of "abefhiknpstuvxBCEHPT") {
    if (letter === "i") {
      if (interactive) letters += "i"
      if (options.monitor) letters += "m"
      continue
    }
    const name = setOptionOf(letter)
    if (name && options[name] && (letter !== "H" || interactive)) letters += letter
  }
  return letters + from
}
