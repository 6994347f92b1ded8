/** Command lines that cannot be understood, of every command: flags that there are not, values that do not fit, words too few or too many. */
import type { Flag } from "../../packages/kubectl/src/flags.ts"
import { GLOBAL } from "../../packages/kubectl/src/flags.ts"
import { subcommands } from "../../packages/kubectl/src/subcommands/index.ts"

/** Do not end by themselves, or change what the lines behind them see. */
const LEFT_ALONE = new Set([
  "proxy",
  "cluster-info dump",
  "config unset",
  "config set-context",
  "config set-credentials",
  "config set-cluster",
])

/** Values that no flag of the type takes. */
const WRONG: Readonly<Partial<Record<Flag["type"], string>>> = { bool: "perhaps", int: "many", duration: "5" }

/** A letter that stands for none of the command's flags. */
const freeLetter = (flags: Readonly<Record<string, Flag>>): string => {
  const taken = new Set([...Object.values(GLOBAL), ...Object.values(flags)].map(({ short }) => short))
  return [..."ZQXYJ"].find((letter) => !taken.has(letter)) ?? "Z"
}

export const usageLines = (): string[] => [
  ...Object.entries(GLOBAL).flatMap(([name, { type }]) =>
    WRONG[type] ? [`kubectl get --${name}=${WRONG[type]}`] : [`kubectl get pods --${name}`],
  ),
  ...subcommands.flatMap(({ path, flags }) => {
    const name = `kubectl ${path.join(" ")}`
    return [
      `${name} --nosuch`,
      `${name} -${freeLetter(flags)}abc`,
      ...Object.entries(flags).flatMap(([flag, { type }]) => (WRONG[type] ? [`${name} --${flag}=${WRONG[type]}`] : [])),
      ...(LEFT_ALONE.has(path.join(" ")) ? [] : [name, `${name} one two three four five`]),
    ]
  }),
]
