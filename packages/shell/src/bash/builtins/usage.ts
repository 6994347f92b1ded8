/** How builtins are called: their usage lines, and the check of their options that all of them share (internal_getopt). */
import type { Steps } from "@drydock/machine"
import type { Shell } from "../shell.ts"

interface Usage {
  readonly usage: string
  /** Letters of options, ":" after those that take a value; undefined where the builtin looks at its words itself. */
  readonly options?: string
}

const USAGES: Readonly<Record<string, Usage>> = {
  ".": { usage: ". filename [arguments]", options: "" },
  alias: { usage: "alias [-p] [name[=value] ... ]", options: "p" },
  bg: { usage: "bg [job_spec ...]" },
  bind: {
    usage:
      "bind [-lpsvPSVX] [-m keymap] [-f filename] [-q name] [-u name] [-r keyseq] [-x keyseq:shell-command] [keyseq:readline-function or readline-command]",
    options: "lvpsPSVXm:f:q:u:r:x:",
  },
  break: { usage: "break [n]" },
  builtin: { usage: "builtin [shell-builtin [arg ...]]", options: "" },
  caller: { usage: "caller [expr]" },
  cd: { usage: "cd [-L|[-P [-e]] [-@]] [dir]", options: "LPe@" },
  command: { usage: "command [-pVv] command [arg ...]", options: "pvV" },
  compgen: {
    usage:
      "compgen [-abcdefgjksuv] [-o option] [-A action] [-G globpat] [-W wordlist] [-F function] [-C command] [-X filterpat] [-P prefix] [-S suffix] [word]",
    options: "abcdefgjksuvo:A:G:W:F:C:X:P:S:V:",
  },
  complete: {
    usage:
      "complete [-abcdefgjksuv] [-pr] [-DEI] [-o option] [-A action] [-G globpat] [-W wordlist] [-F function] [-C command] [-X filterpat] [-P prefix] [-S suffix] [name ...]",
    options: "abcdefgjksuvo:A:G:W:F:C:X:P:S:prDEI",
  },
  compopt: { usage: "compopt [-o|+o option] [-DEI] [name ...]", options: "DEIo:" },
  continue: { usage: "continue [n]" },
  declare: { usage: "declare [-aAfFgiIlnrtux] [name[=value] ...] or declare -p [-aAfFilnrtux] [name ...]", options: "aAcfFgiIlnprtux" },
  dirs: { usage: "dirs [-clpv] [+N] [-N]" },
  disown: { usage: "disown [-h] [-ar] [jobspec ... | pid ...]", options: "har" },
  echo: { usage: "echo [-neE] [arg ...]" },
  enable: { usage: "enable [-a] [-dnps] [-f filename] [name ...]", options: "adnpsf:" },
  eval: { usage: "eval [arg ...]", options: "" },
  exec: { usage: "exec [-cl] [-a name] [command [argument ...]] [redirection ...]", options: "cla:" },
  exit: { usage: "exit [n]" },
  export: { usage: "export [-fn] [name[=value] ...] or export -p", options: "fnp" },
  fc: { usage: "fc [-e ename] [-lnr] [first] [last] or fc -s [pat=rep] [command]", options: "e:lnrs" },
  fg: { usage: "fg [job_spec]" },
  getopts: { usage: "getopts optstring name [arg ...]", options: "" },
  hash: { usage: "hash [-lr] [-p pathname] [-dt] [name ...]", options: "dlp:rt" },
  help: { usage: "help [-dms] [pattern ...]", options: "dms" },
  history: { usage: "history [-c] [-d offset] [n] or history -anrw [filename] or history -ps arg [arg...]", options: "acd:npsrw" },
  jobs: { usage: "jobs [-lnprs] [jobspec ...] or jobs -x command [args]", options: "lnprsx" },
  kill: { usage: "kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]" },
  let: { usage: "let arg [arg ...]" },
  local: { usage: "local [option] name[=value] ...", options: "aAcfFgiIlnprtux" },
  logout: { usage: "logout [n]" },
  mapfile: {
    usage: "mapfile [-d delim] [-n count] [-O origin] [-s count] [-t] [-u fd] [-C callback] [-c quantum] [array]",
    options: "d:u:n:O:tC:c:s:",
  },
  popd: { usage: "popd [-n] [+N | -N]" },
  printf: { usage: "printf [-v var] format [arguments]", options: "v:" },
  pushd: { usage: "pushd [-n] [+N | -N | dir]" },
  pwd: { usage: "pwd [-LP]", options: "LP" },
  read: {
    usage: "read [-ers] [-a array] [-d delim] [-i text] [-n nchars] [-N nchars] [-p prompt] [-t timeout] [-u fd] [name ...]",
    options: "ersa:d:i:n:N:p:t:u:",
  },
  readarray: {
    usage: "readarray [-d delim] [-n count] [-O origin] [-s count] [-t] [-u fd] [-C callback] [-c quantum] [array]",
    options: "d:u:n:O:tC:c:s:",
  },
  readonly: { usage: "readonly [-aAf] [name[=value] ...] or readonly -p", options: "aAfp" },
  return: { usage: "return [n]" },
  set: { usage: "set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]" },
  shift: { usage: "shift [n]" },
  shopt: { usage: "shopt [-pqsu] [-o] [optname ...]", options: "pqsuo" },
  source: { usage: "source filename [arguments]", options: "" },
  suspend: { usage: "suspend [-f]", options: "f" },
  test: { usage: "test [expr]" },
  times: { usage: "times", options: "" },
  trap: { usage: "trap [-lp] [[arg] signal_spec ...]", options: "lp" },
  type: { usage: "type [-afptP] name [name ...]", options: "afptP" },
  typeset: { usage: "typeset [-aAfFgiIlnrtux] name[=value] ... or typeset -p [-aAfFilnrtux] [name ...]", options: "aAcfFgiIlnprtux" },
  ulimit: { usage: "ulimit [-SHabcdefiklmnpqrstuvxPRT] [limit]", options: "SHabcdefiklmnpqrstuvxPRT" },
  umask: { usage: "umask [-p] [-S] [mode]", options: "Sp" },
  unalias: { usage: "unalias [-a] name [name ...]", options: "a" },
  unset: { usage: "unset [-f] [-v] [-n] [name ...]", options: "fnv" },
  wait: { usage: "wait [-fn] [-p var] [id ...]", options: "fnp:" },
}

/** POSIX's special builtins: `enable -s` lists them, and in posix mode their redirection errors end a script. */
const SPECIAL = new Set([
  ".",
  ":",
  "break",
  "continue",
  "eval",
  "exec",
  "exit",
  "export",
  "readonly",
  "return",
  "set",
  "shift",
  "source",
  "times",
  "trap",
  "unset",
])

export const isSpecialBuiltin = (name: string): boolean => SPECIAL.has(name)

export const usageOf = (name: string): string | undefined => (Object.hasOwn(USAGES, name) ? USAGES[name].usage : undefined)

export function* usage(shell: Shell, name: string): Steps<number> {
  if (shell.dialect) {
    if (!shell.complaint) yield* shell.complain(`${name}: usage`)
    return 2
  }
  yield* shell.process.error(`${name}: usage: ${usageOf(name) ?? name}\n`)
  return 2
}

/** What is wrong with the first of the options of `args` that `name` does not have, or whose value is missing. */
const wrongOption = (name: string, args: readonly string[]): string | undefined => {
  const options = Object.hasOwn(USAGES, name) ? USAGES[name].options : undefined
  if (options === undefined) return undefined
  for (let at = 0; at < args.length; at++) {
    const word = args[at]
    if (word.length < 2 || word[0] !== "-") return undefined
    if (word === "--") return undefined
    for (let letter = 1; letter < word.length; letter++) {
      const found = word[letter] === ":" ? -1 : options.indexOf(word[letter])
      if (found < 0) return `-${word[letter]}: invalid option`
      if (options[found + 1] !== ":") continue
      if (letter === word.length - 1 && ++at >= args.length) return `-${word[letter]}: option requires an argument`
      break
    }
  }
  return undefined
}

/** Complains about an option that `name` does not have; its exit code then. */
export function* refuseOptions(shell: Shell, name: string, args: readonly string[]): Steps<number | undefined> {
  const problem = wrongOption(name, args)
  if (problem === undefined) return undefined
  yield* shell.complain(`${name}: ${problem}`)
  return yield* usage(shell, name)
}
