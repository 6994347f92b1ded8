/** Labels as they are given on command lines. */
import { matches, parseSelector, SelectorError } from "@drydock/kubernetes/apimachinery"
import { KubectlError } from "./errors.ts"

const VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/

/** Why a text is no label value, in apimachinery's words; undefined when it is one. */
export const labelValueFault = (value: string): string | undefined => {
  if (value.length > 63) return "must be no more than 63 bytes"
  return VALUE.test(value)
    ? undefined
    : "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
}

/** "a=b,c=d" of a selector without operators. */
export const selectorLabels = (text: string): Record<string, string> => {
  try {
    return Object.fromEntries(parseSelector(text).map(({ key, values }) => [key, values[0] ?? ""]))
  } catch (error) {
    if (error instanceof SelectorError)
      throw new KubectlError(`couldn't parse the selector string ${JSON.stringify(text)}: ${error.message}`)
    throw error
  }
}

/** "a=b,c=d" of --labels. As generate.ParseLabels. */
export const parseLabels = (text: string): Record<string, string> => {
  const labels: Record<string, string> = {}
  for (const pair of text.split(",")) {
    const [key, value, ...more] = pair.split("=")
    if (value === undefined || more.length > 0) throw new KubectlError(`unexpected label spec: ${pair}`)
    if (key === "") throw new KubectlError("unexpected empty label key")
    labels[key] = value
  }
  return labels
}

/** Whether an object's labels fit a selector. Throws for a selector that is none. */
export const matchesSelector = (selector: string, object: { metadata?: { labels?: Record<string, string> } }): boolean => {
  try {
    return matches(parseSelector(selector), object.metadata?.labels)
  } catch (error) {
    if (error instanceof SelectorError)
      throw new KubectlError(`the provided selector ${JSON.stringify(selector)} is not valid: ${error.message}`)
    throw error
  }
}
