/** Scripts and keys that nobody would write, from a seed. */

/** mulberry32: the same numbers for the same seed. */
export const randomFrom = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let value = Math.imul(state ^ (state >>> 15), 1 | state)
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296
  }
}

const WORDS = [
  "a",
  "$x",
  "${x:-d}",
  '"$@"',
  "$(echo s)",
  "`echo b`",
  "$((1+2))",
  "'q'",
  "*.txt",
  "{1..3}",
  "~",
  "${#x}",
  "${a[@]}",
  "$?",
  "<(echo p)",
  "\\n",
  "-n",
  "--",
  "$'\\t'",
  "${x/a/b}",
  "${x^^}",
  "é",
  "constructor",
  "__proto__",
  "toString",
  "${!x}",
  "a=b",
  "[a-z]*",
  "$1",
  "0x1f",
  "/tmp",
  "..",
  "-",
  "''",
  "${x:1:2}",
  "$RANDOM",
]
const COMMANDS = [
  "echo",
  "printf %s",
  "cat",
  "grep a",
  "sed s/a/b/",
  "awk '{print $1}'",
  "cut -c1",
  "sort",
  "uniq -c",
  "head -2",
  "tail -1",
  "tr a b",
  "wc",
  "jq .",
  "xargs echo",
  "test",
  "[",
  "let",
  "read x",
  "set --",
  "unset",
  "export",
  "declare",
  "local",
  "eval",
  "trap",
  "shift",
  "cd",
  "ls",
  "rm -f",
  "mkdir -p",
  "touch",
  "find .",
  "date",
  "expr",
  "seq 3",
  "bc",
  "kill",
  "wait",
  "jobs",
  "true",
  "false",
  ":",
  "return",
  "exit",
  "break",
  "continue",
  "source",
  "type",
  "hash",
  "alias",
  "shopt",
  "mapfile",
  "getopts ab o",
  "printf -v y %d",
  "base64",
  "od -c",
  "diff",
  "tee",
  "nl",
  "stat",
  "ps",
  "history",
  "complete",
  "ulimit",
  "umask",
  "exec",
  "command",
  "builtin",
  "select",
  "time",
  "!",
  "tar cf t",
  "gzip -c",
  "openssl md5",
  "curl -s",
  "sleep 0.01",
  "timeout 1",
  "env",
  "column -t",
]
const JOINTS = ["; ", " | ", " && ", " || ", " & ", "\n", " |& ", " > f; ", " >> f; ", " 2>&1; ", " < f; ", " <<< "]
const SHAPES: readonly ((part: () => string) => string)[] = [
  (part) => `if ${part()}; then ${part()}; else ${part()}; fi`,
  (part) => `for x in ${part()}; do ${part()}; break; done`,
  (part) => `while ${part()}; do ${part()}; break; done`,
  (part) => `case ${part()} in *) ${part()};; esac`,
  (part) => `( ${part()} )`,
  (part) => `{ ${part()}; }`,
  (part) => `f() { ${part()}; }; f`,
  (part) => `[[ ${part()} ]]`,
  (part) => `((${part()}))`,
  (part) => `x=$(${part()})`,
  (part) => `a=(${part()})`,
  (part) => `cat <<E\n${part()}\nE\n`,
  (part) => `trap '${part().replaceAll("'", "")}' EXIT ERR DEBUG`,
  (part) => `coproc ${part()}`,
  (part) => `x=${part()} ${part()}`,
]

export const scriptFrom = (seed: number): string => {
  const random = randomFrom(seed)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]
  const simple = (): string => [pick(COMMANDS), ...Array.from({ length: Math.floor(random() * 4) }, () => pick(WORDS))].join(" ")
  const part = (depth: number): string => (depth > 2 || random() < 0.5 ? simple() : pick(SHAPES)(() => part(depth + 1)))
  let script = ""
  for (let count = 1 + Math.floor(random() * 5); count > 0; count--) script += part(0) + pick(JOINTS)
  // Now and then a character is lost or doubled.
  if (random() < 0.3) {
    const at = Math.floor(random() * script.length)
    script = script.slice(0, at) + (random() < 0.5 ? "" : script[at].repeat(2)) + script.slice(at + 1)
  }
  return script
}

const PROGRAMS = [
  "",
  "",
  "",
  "vi f\r",
  "less /etc/passwd\r",
  "nano f\r",
  "top\r",
  "watch -d date\r",
  "cat\r",
  "man ls\r",
  "bc\r",
  "read x\r",
  "sleep 5\r",
  "python3\r",
]

/** Keys, control sequences, text and plain noise. */
export const keysFrom = (seed: number): Uint8Array => {
  const random = randomFrom(seed)
  const bytes: number[] = [...new TextEncoder().encode(PROGRAMS[Math.floor(random() * PROGRAMS.length)])]
  for (let count = 20 + Math.floor(random() * 200); count > 0; count--) {
    const kind = random()
    if (kind < 0.35) bytes.push(32 + Math.floor(random() * 95))
    else if (kind < 0.6) bytes.push(Math.floor(random() * 32))
    else if (kind < 0.75) bytes.push(27, 91, 65 + Math.floor(random() * 26))
    else if (kind < 0.8) bytes.push(27, 32 + Math.floor(random() * 95))
    else if (kind < 0.85) bytes.push(...new TextEncoder().encode(["é", "日本", "🙂", "\u0301"][Math.floor(random() * 4)]))
    else if (kind < 0.9) bytes.push(27, 91, 50, 48, 48, 126)
    else bytes.push(Math.floor(random() * 256))
  }
  return Uint8Array.from(bytes)
}
