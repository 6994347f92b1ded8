/** Objects in one of the -o formats that are no table. As cli-runtime/pkg/printers and genericclioptions/print_flags.go. */
import { goJson, goSyntax, goValue, JsonPathError, parseJsonPath, TemplateError, TemplateSet, typed } from "@drydock/gotemplate"
import { decodeBase64Text } from "@drydock/kubernetes/apimachinery"
import { type Process, SystemError, type Steps } from "@drydock/machine"
import type { KubeObject } from "../api.ts"
import { corruptAt } from "../bytes.ts"
import { KubectlError } from "../errors.ts"
import { FORMATS } from "../flag-groups.ts"
import type { Input } from "../flags.ts"
import { columnsOfFile, customColumns, parseColumns } from "./custom-columns.ts"
import { toKyaml } from "./kyaml.ts"
import { toYaml } from "./yaml.ts"

/** An object built here and not read from a server: its keys print in the order of its Go type, as they were put. */
const built = new WeakSet<object>()
export const asBuilt = <T extends object>(object: T): T => {
  built.add(object)
  return object
}

/** "deployment.apps/web" out of the object itself. */
export const objectName = (
  { apiVersion = "", kind = "", metadata }: Partial<KubeObject>,
  name = metadata ? (metadata.name ?? "") : "<unknown>",
): string => {
  const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : ""
  return `${kind.toLowerCase()}${group ? `.${group}` : ""}/${name}`
}

export const withoutManaged = (object: unknown): unknown => {
  const { metadata, items } = object as { metadata?: Record<string, unknown>; items?: unknown[] }
  let shown = object as Record<string, unknown>
  if (metadata && "managedFields" in metadata) {
    const { managedFields: _, ...rest } = metadata
    shown = { ...shown, metadata: rest }
    if (built.has(object as object)) built.add(shown)
  }
  if (Array.isArray(items)) {
    shown = { ...shown, items: items.map(withoutManaged) }
    if (built.has(object as object)) built.add(shown)
  }
  return shown
}

const readTemplate = (process: Process, path: string, what: string): string => {
  try {
    return process.files.readText(path)
  } catch (error) {
    if (error instanceof SystemError) throw new KubectlError(`error reading ${what} ${path}, open ${path}: ${error.message.toLowerCase()}`)
    throw error
  }
}

/** What prints objects in the wanted format; undefined when none is wanted. */
export interface ObjectPrinter {
  readonly format: string
  /** Text of one object; later ones are separated as the format separates documents. */
  print(object: unknown): string
}

/** Throws KubectlError for a format that there is not. `allowed`: the formats that the command knows. */
export const objectPrinter = (
  process: Process,
  input: Input,
  allowed: readonly string[] = FORMATS,
  { wide = true } = {},
): ObjectPrinter | undefined => {
  let output = input.text("output")
  const template = input.text("template")
  if (output === "" && template !== "") output = "go-template"
  if (/^(?:json|yaml|kyaml|name)$/i.test(output)) output = output.toLowerCase()
  if (output === "" || (output === "wide" && wide)) return undefined
  const equals = output.indexOf("=")
  const format = equals < 0 ? output : output.slice(0, equals)
  const argument = equals < 0 ? template : output.slice(equals + 1)
  // --template names the template; -o the format alone.
  const twice = equals >= 0 && template !== "" && /^(?:jsonpath|go-template|template)/.test(format)
  if (!allowed.includes(format) || twice)
    throw new KubectlError(
      `unable to match a printer suitable for the output format ${JSON.stringify(output)}, allowed formats are: ${[...allowed].sort().join(",")}`,
    )
  if (equals >= 0 && ["json", "yaml", "kyaml", "name", "wide"].includes(format))
    throw new KubectlError(
      `unable to match a printer suitable for the output format ${JSON.stringify(output)}, allowed formats are: ${[...allowed].sort().join(",")}`,
    )
  const show = (object: unknown) => (input.bool("show-managed-fields") ? object : withoutManaged(object))
  let count = 0
  switch (format) {
    case "yaml":
      return { format, print: (object) => `${count++ > 0 ? "---\n" : ""}${toYaml(show(object))}` }
    case "kyaml":
      return { format, print: (object) => toKyaml(show(object), built.has(object as object)) }
    case "json":
      return { format, print: (object) => `${goJson(show(object), "    ", built.has(object as object))}\n` }
    case "name":
      return {
        format,
        print: (object) => {
          const { items } = object as { items?: KubeObject[] }
          return Array.isArray(items) ? items.map((item) => `${objectName(item)}\n`).join("") : `${objectName(object as KubeObject)}\n`
        },
      }
    case "jsonpath":
    case "jsonpath-file":
    case "jsonpath-as-json":
      return { format, print: jsonPathPrinter(process, input, format, argument) }
    case "custom-columns":
    case "custom-columns-file": {
      const wanted = format === "custom-columns" ? parseColumns(argument) : columnsOfFile(readTemplate(process, argument, "template"))
      return {
        format,
        print: (object) => {
          const { items } = object as { items?: unknown[] }
          // A file's headers are printed whatever --no-headers says.
          const headers = format === "custom-columns-file" || !input.bool("no-headers")
          const { text, fault } = customColumns(wanted, Array.isArray(items) ? items : [object], headers && count++ === 0)
          if (fault !== undefined) throw new PartlyPrinted(text, fault)
          return text
        },
      }
    }
    default:
      return { format, print: templatePrinter(process, input, format, argument) }
  }
}

// Templates see managedFields too: only JSON and YAML are printed without.
const jsonPathPrinter = (process: Process, input: Input, format: string, argument: string) => {
  if (argument === "") throw new KubectlError(`template format specified but no template given`)
  const template = format === "jsonpath-file" ? readTemplate(process, argument, "--template") : argument
  let parsed: ReturnType<typeof parseJsonPath>
  try {
    parsed = parseJsonPath(template)
  } catch (error) {
    if (error instanceof JsonPathError) throw new KubectlError(`error parsing jsonpath ${template}, ${error.message}`)
    throw error
  }
  const allowMissing = input.bool("allow-missing-template-keys")
  return (data: unknown): string => {
    try {
      return parsed.text(data, { allowMissing, asJson: format === "jsonpath-as-json" })
    } catch (error) {
      if (!(error instanceof JsonPathError)) throw error
      throw new KubectlError(
        `error executing jsonpath ${JSON.stringify(template)}: Error executing template: ${error.message}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${template}\n\tobject given to jsonpath engine was:\n\t\t${goSyntax(data)}\n\n\n`,
      )
    }
  }
}

const templatePrinter = (process: Process, input: Input, format: string, argument: string) => {
  if (argument === "") throw new KubectlError("template format specified but no template given")
  const fromFile = format === "go-template-file" || format === "templatefile"
  const template = fromFile ? readTemplate(process, argument, "--template") : argument
  const set = new TemplateSet(
    {
      exists: typed("any, any...", (item: unknown, ...keys: unknown[]) => {
        let at = item
        for (const key of keys) {
          if (typeof at !== "object" || at === null || !Object.hasOwn(at, String(key))) return false
          at = (at as Record<string, unknown>)[String(key)]
        }
        return at !== undefined && at !== null
      }),
      base64decode: typed("string", (text: string) => {
        const plain = decodeBase64Text(String(text))
        if (plain === undefined) throw new Error(`base64 decode failed: illegal base64 data at input byte ${corruptAt(String(text))}`)
        return plain
      }),
    },
    { missingKey: input.bool("allow-missing-template-keys") ? "default" : "error" },
  )
  try {
    set.parse("output", template)
  } catch (error) {
    if (error instanceof TemplateError) throw new KubectlError(`error parsing template ${template}, ${error.message}`)
    throw error
  }
  return (data: unknown): string => {
    let written = ""
    try {
      return set.execute("output", data, (text) => {
        written = text
      })
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error
      throw new PartlyPrinted(
        `${written}Error executing template: ${error.message}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${template}\n\traw data was:\n\t\t${goJson(data)}\n\tobject given to template engine was:\n\t\t${goValue(data)}\n\n`,
        `error executing template ${JSON.stringify(template)}: ${error.message}`,
      )
    }
  }
}

/** Output that came before the error. */
export class PartlyPrinted extends KubectlError {
  readonly written: string
  constructor(written: string, message: string) {
    super(message)
    this.written = written
  }
}

export function* printObject(process: Process, printer: ObjectPrinter, object: unknown): Steps<void> {
  try {
    yield* process.print(printer.print(object))
  } catch (error) {
    if (error instanceof PartlyPrinted) yield* process.print(error.written)
    throw error
  }
}
