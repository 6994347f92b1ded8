/** kubectl alpha kuberc view, set: the editor of a user's preferences. As kubectl/pkg/cmd/kuberc. */
import { readYaml } from "@drydock/gotemplate"
import type { Process, Steps } from "@drydock/machine"
import { defineSubcommand, type Subcommand } from "../define-subcommand.ts"
import { KubectlError } from "../errors.ts"
import { FORMATS, PRINT } from "../flag-groups.ts"
import type { Input } from "../flags.ts"
import { asBuilt, objectPrinter, printObject } from "../printing/objects.ts"
import { toYaml } from "../printing/yaml.ts"

interface Option {
  name: string
  default: string
}

interface Default {
  command: string
  options: Option[] | null
}

interface Alias {
  name: string
  command: string
  prependArgs?: string[]
  appendArgs?: string[]
  options?: Option[]
}

interface Preference {
  kind: string
  apiVersion: string
  defaults: Default[] | null
  aliases: Alias[] | null
}

const KUBERC = { kuberc: { type: "string", help: "The file with the preferences." } } as const

const placeOf = (process: Process, input: Input): string => {
  if (input.text("kuberc")) return input.text("kuberc")
  const named = process.env.get("KUBERC")
  if (named === "off") throw new KubectlError("KUBERC is disabled via KUBERC=off environment variable")
  return named || `${process.env.get("HOME") ?? "/root"}/.kube/kuberc`
}

const read = (process: Process, path: string): Preference => {
  const [value] = readYaml(process.files.readText(path), { lastWins: true }) as (Partial<Preference> | undefined)[]
  return {
    kind: "Preference",
    apiVersion: "kubectl.config.k8s.io/v1beta1",
    defaults: value?.defaults ?? null,
    aliases: value?.aliases ?? null,
  }
}

function* write(process: Process, path: string, value: Preference): Steps<void> {
  const directory = path.slice(0, path.lastIndexOf("/"))
  if (directory && !process.files.exists(directory)) process.files.mkdir(directory, { parents: true })
  process.files.write(path, toYaml(value), { mode: 0o600 })
  yield* process.print(`Updated ${path}\n`)
}

const RECOMMENDED: Preference = {
  kind: "Preference",
  apiVersion: "kubectl.config.k8s.io/v1beta1",
  defaults: [
    { command: "apply", options: [{ name: "server-side", default: "true" }] },
    { command: "delete", options: [{ name: "interactive", default: "true" }] },
  ],
  aliases: null,
}

const view = defineSubcommand({
  path: ["alpha", "kuberc", "view"],
  summary: "Display the current kuberc configuration",
  examples: [["As JSON", "kubectl alpha kuberc view -o json"]],
  flags: { ...PRINT, ...KUBERC, output: { short: "o", type: "string", default: "yaml", help: PRINT.output.help ?? "" } },
  offline: true,
  *run(input, { process }) {
    const path = placeOf(process, input)
    if (!process.files.exists(path)) {
      yield* process.print(
        `kuberc file not found at ${path}\nWould you like to generate a default kuberc file with recommended options? (y/N): `,
      )
      const answer = (yield* process.readLine(0))?.trim().toLowerCase()
      if (answer === "y" || answer === "yes") yield* write(process, path, RECOMMENDED)
      return 0
    }
    const printer = objectPrinter(process, input, FORMATS, { wide: false })
    if (printer) yield* printObject(process, printer, asBuilt(read(process, path)))
    return 0
  },
})

const set = defineSubcommand({
  path: ["alpha", "kuberc", "set"],
  summary: "Set values in the kuberc configuration",
  description:
    "--section defaults gives flags of a command other defaults; --section aliases makes a command out of another, with words of its own.",
  usage: "--section (defaults|aliases) --command COMMAND",
  examples: [
    ["Wide tables unless another form is asked for", "kubectl alpha kuberc set --section defaults --command get --option output=wide"],
    ["A command of one's own", "kubectl alpha kuberc set --section aliases --name getn --command get --prependarg nodes"],
  ],
  flags: {
    ...KUBERC,
    appendarg: { type: "array", help: "A word behind those that are given; for aliases" },
    command: { type: "string", required: true, help: "The command" },
    name: { type: "string", help: "The alias" },
    option: { type: "array", help: "A flag's value as flag=value" },
    overwrite: { type: "bool", help: "What is there may be replaced" },
    prependarg: { type: "array", help: "A word before those that are given; for aliases" },
    section: { type: "string", required: true, help: "defaults or aliases" },
  },
  offline: true,
  *run(input, { process }) {
    const [section, name, command] = [input.text("section"), input.text("name"), input.text("command")]
    if (section !== "defaults" && section !== "aliases")
      throw new KubectlError(`--section must be "defaults" or "aliases", got: ${section}`)
    if (section === "aliases" && !name) throw new KubectlError("--name is required when --section=aliases")
    if (section === "defaults" && name) throw new KubectlError("--name should not be specified when --section=defaults")
    const options = input.list("option").map((text) => {
      const equals = text.indexOf("=")
      if (equals < 0) throw new KubectlError(`invalid option format ${JSON.stringify(text)}, expected flag=value`)
      return { name: text.slice(0, equals), default: text.slice(equals + 1) }
    })
    const path = placeOf(process, input)
    const value: Preference = process.files.exists(path) ? read(process, path) : { ...RECOMMENDED, defaults: null, aliases: null }
    const replaced = <Item extends object>(list: readonly Item[], at: number, item: Item, what: string): Item[] => {
      if (at < 0) return [...list, item]
      if (!input.bool("overwrite"))
        throw new KubectlError(`${what} already exist${section === "aliases" ? "s" : ""}, use --overwrite to replace`)
      return list.map((one, index) => (index === at ? item : one))
    }
    if (section === "defaults") {
      const list = value.defaults ?? []
      const item = { command, options: options.length > 0 ? options : null }
      value.defaults = replaced(
        list,
        list.findIndex((one) => one.command === command),
        item,
        `defaults for command ${JSON.stringify(command)}`,
      )
    } else {
      const list = value.aliases ?? []
      const [before, after] = [input.list("prependarg"), input.list("appendarg")]
      const item = {
        name,
        command,
        ...(before.length > 0 && { prependArgs: [...before] }),
        ...(after.length > 0 && { appendArgs: [...after] }),
        ...(options.length > 0 && { options }),
      }
      value.aliases = replaced(
        list,
        list.findIndex((one) => one.name === name),
        item,
        `alias ${JSON.stringify(name)}`,
      )
    }
    yield* write(process, path, value)
    return 0
  },
})

export const alpha: readonly Subcommand[] = [
  defineSubcommand({
    path: ["alpha"],
    group: "Other Commands",
    summary: "Commands for features in alpha",
    description: "",
    flags: {},
    offline: true,
    bare: {
      on: 1,
      exit: 0,
      always: true,
      brief: "These commands correspond to alpha features that are not enabled in Kubernetes clusters by default.",
    },
  }),
  defineSubcommand({
    path: ["alpha", "kuberc"],
    summary: "Manage kuberc configuration files",
    description: "A kuberc file holds a user's preferences: defaults of flags, and aliases.",
    examples: [["What it says", "kubectl alpha kuberc view"]],
    flags: {},
    offline: true,
  }),
  view,
  set,
]
