/** Flags that many subcommands share. As cli-runtime's genericclioptions. */
import { KubectlError } from "./errors.ts"
import type { Flag, Flags, Input } from "./flags.ts"

const selectorFlag: Flag = {
  short: "l",
  type: "string",
  help: "Only objects with these labels: '=', '==', '!=', 'in', 'notin', e.g. -l key1=value1,key2!=value2. All terms must hold.",
}
const fieldSelector: Flag = {
  type: "string",
  help: "Only objects with these fields: '=', '==' and '!='. The server knows few fields of each type.",
}
const allNamespaces: Flag = { short: "A", type: "bool", help: "In all namespaces, whatever -n and the context say." }

export const SELECTOR: Flags = { selector: selectorFlag }
export const SELECTION: Flags = { selector: selectorFlag, "field-selector": fieldSelector, "all-namespaces": allNamespaces }
export const ALL: Flags = { all: { type: "bool", help: "All objects of the given types in the namespace" } }

export const FILES: Flags = {
  filename: { short: "f", type: "list", help: "File, directory or address with the objects; - is standard input" },
  kustomize: { short: "k", type: "string", help: "Directory with a kustomization; not together with -f or -R." },
  recursive: { short: "R", type: "bool", help: "Also look into the subdirectories of what -f names." },
}

const TEMPLATE: Flags = {
  "allow-missing-template-keys": {
    type: "bool",
    default: "true",
    help: "A field that is missing is no error in go-template and jsonpath output.",
  },
  template: { type: "string", help: "The template, or its file, for -o go-template and -o go-template-file." },
  "show-managed-fields": { type: "bool", help: "Keep managedFields in JSON and YAML output." },
}

export const FORMATS = [
  "go-template",
  "go-template-file",
  "json",
  "jsonpath",
  "jsonpath-as-json",
  "jsonpath-file",
  "kyaml",
  "name",
  "template",
  "templatefile",
  "yaml",
] as const

export const PRINT: Flags = {
  output: {
    short: "o",
    type: "string",
    help: "Output format: json, yaml, kyaml, name, go-template, template, jsonpath or one of their -file forms.",
  },
  ...TEMPLATE,
}

export const GET_FORMATS = ["custom-columns", "custom-columns-file", ...FORMATS, "wide"].sort()

export const GET_PRINT: Flags = {
  output: {
    short: "o",
    type: "string",
    help: "Output format: json, yaml, kyaml, name, go-template, template, jsonpath, custom-columns, one of their -file forms, or wide.",
  },
  ...TEMPLATE,
}

export const DRY_RUN: Flags = {
  "dry-run": {
    type: "string",
    default: "none",
    bare: "unchanged",
    help: '"client": only print what would be sent. "server": send it, but have nothing stored. "none": do it.',
  },
}

export const fieldManager = (name: string): Flags => ({
  "field-manager": { type: "string", default: name, help: "Who owns the fields that this sets." },
})

export const VALIDATE: Flags = {
  validate: {
    type: "string",
    default: "strict",
    bare: "strict",
    help: "strict (or true): unknown fields are errors. warn: they are warnings. ignore (or false): they are dropped.",
  },
}

export const SAVE_CONFIG: Flags = {
  "save-config": { type: "bool", help: "Keep the configuration in an annotation, for a later apply." },
}

export type DryRun = "none" | "client" | "server"

/** Flags but for some. */
export const without = (flags: Flags, ...names: readonly string[]): Flags =>
  Object.fromEntries(Object.entries(flags).filter(([name]) => !names.includes(name)))

/** As cmdutil.GetDryRunStrategy. */
export const dryRun = (input: Input): DryRun => {
  const value = input.text("dry-run")
  if (value === "unchanged" || value === "true") return "client"
  if (value === "" || value === "false") return "none"
  if (value !== "none" && value !== "client" && value !== "server")
    throw new KubectlError(`Invalid dry-run value (${value}). Must be "none", "server", or "client".`)
  return value
}

/** The query parameter that --validate asks for; "" for commands that have no such flag. */
export const fieldValidation = (input: Input): string => {
  if (input.text("validate") === "" && !input.has("validate")) return ""
  switch (input.text("validate")) {
    case "strict":
    case "true":
      return "Strict"
    case "warn":
      return "Warn"
    case "ignore":
    case "false":
      return "Ignore"
    default:
      throw new KubectlError(
        `invalid - validate option ${JSON.stringify(input.text("validate"))}; must be one of: strict (or true), warn, ignore (or false)`,
      )
  }
}
