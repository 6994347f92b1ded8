/** What a `drydock` command is, and how its arguments can be wrong. */
import { parseArgs } from "node:util"

export interface Option {
  type: "string" | "boolean"
  multiple?: boolean
  /** Shown in --help as --name <value>. */
  value?: string
  summary: string
}

export interface Command {
  name: string
  /** After the name in --help, e.g. "FILE|-". */
  positionals?: string
  summary: string
  /** More, for --help: lines of plain text. */
  details?: string
  options: Readonly<Record<string, Option>>
  run(input: {
    options: Readonly<Record<string, string | boolean | readonly string[] | undefined>>
    positionals: readonly string[]
  }): Promise<number>
}

/** The user's mistake: printed as one line, exit code 2. */
export class UsageError extends Error {}

export const helpOf = (command: Command): string => {
  const rows = Object.entries(command.options).map(([name, option]) => [
    `--${name}${option.value ? ` ${option.value}` : ""}`,
    option.summary,
  ])
  const width = Math.max(0, ...rows.map(([left]) => left.length))
  return [
    `drydock ${command.name}${command.positionals ? ` ${command.positionals}` : ""}`,
    "",
    command.summary,
    ...(command.details ? ["", command.details] : []),
    ...(rows.length ? ["", "Options:", ...rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)] : []),
    "",
  ].join("\n")
}

/** Parses and runs; throws UsageError. */
export const runCommand = async (command: Command, args: readonly string[]): Promise<number> => {
  if (args.includes("--help") || args.includes("-h")) {
    process.stdout.write(helpOf(command))
    return 0
  }
  let parsed: { values: Record<string, string | boolean | readonly string[] | undefined>; positionals: string[] }
  try {
    const options = Object.fromEntries(
      Object.entries(command.options).map(([name, { type, multiple = false }]) => [name, { type, multiple }]),
    )
    parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true }) as typeof parsed
  } catch (error) {
    throw new UsageError((error as Error).message.split(". ")[0])
  }
  if (!command.positionals && parsed.positionals.length > 0) throw new UsageError(`unexpected argument "${parsed.positionals[0]}"`)
  return command.run({ options: parsed.values, positionals: parsed.positionals })
}
