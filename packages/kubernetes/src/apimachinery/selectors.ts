/** Label and field selectors. As k8s.io/apimachinery/pkg/labels/selector.go and pkg/fields. */

export interface Requirement {
  key: string
  operator: "in" | "notin" | "=" | "!=" | "exists" | "!" | "gt" | "lt"
  values: readonly string[]
}

export type Labels = Readonly<Record<string, string>> | undefined

export class SelectorError extends Error {}

const matchesOne = ({ key, operator, values }: Requirement, labels: Labels): boolean => {
  const value = labels && Object.hasOwn(labels, key) ? labels[key] : undefined
  switch (operator) {
    case "exists":
      return value !== undefined
    case "!":
      return value === undefined
    case "=":
    case "in":
      return value !== undefined && values.includes(value)
    case "!=":
    case "notin":
      return value === undefined || !values.includes(value)
    case "gt":
      return value !== undefined && Number(value) > Number(values[0])
    case "lt":
      return value !== undefined && Number(value) < Number(values[0])
  }
}

export const matches = (requirements: readonly Requirement[], labels: Labels): boolean =>
  requirements.every((requirement) => matchesOne(requirement, labels))

/** "a=b,c in (d,e),!f" as requirements. Throws SelectorError with upstream's text. */
export const parseSelector = (text: string): Requirement[] => {
  const tokens = text.match(/\s+|==|!=|[(),!=<>]|[^\s(),!=<>]+/g)?.filter((token) => token.trim() !== "") ?? []
  const requirements: Requirement[] = []
  let at = 0
  const fail = (message: string): never => {
    throw new SelectorError(`unable to parse requirement: ${message}`)
  }
  const name = (): string => {
    const token = tokens[at++]
    if (token === undefined || /^[(),!=<>]/.test(token)) return fail(`found '${token ?? ""}', expected: identifier`)
    checkKey(token)
    return token
  }
  while (at < tokens.length) {
    if (tokens[at] === "!") {
      at++
      requirements.push({ key: name(), operator: "!", values: [] })
    } else {
      const key = name()
      const operator = tokens[at]
      if (operator === undefined || operator === ",") requirements.push({ key, operator: "exists", values: [] })
      else if (operator === "in" || operator === "notin") {
        at++
        if (tokens[at] !== "(") fail(`found '${tokens[at] ?? ""}' expected: '('`)
        at++
        const values: string[] = []
        while (tokens[at] !== ")") {
          if (at >= tokens.length) fail("found '', expected: ',', ')' or identifier")
          if (tokens[at] === ",") at++
          else values.push(checkValue(tokens[at++]))
        }
        at++
        requirements.push({ key, operator, values })
      } else if (operator === "=" || operator === "==" || operator === "!=" || operator === ">" || operator === "<") {
        at++
        const value = tokens[at] === undefined || tokens[at] === "," ? "" : checkValue(tokens[at++])
        requirements.push({
          key,
          operator: operator === "==" ? "=" : operator === ">" ? "gt" : operator === "<" ? "lt" : operator,
          values: [value],
        })
      } else fail(`found '${operator}', expected: in, notin, =, ==, !=, gt, lt`)
    }
    if (at < tokens.length) {
      if (tokens[at] !== ",") fail(`found '${tokens[at]}', expected: ',' or 'end of string'`)
      at++
      if (at === tokens.length) fail("found '', expected: identifier after ','")
    }
  }
  return requirements
}

const NAME = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/
const checkKey = (key: string): void => {
  const [prefix, part] = key.includes("/") ? [key.slice(0, key.indexOf("/")), key.slice(key.indexOf("/") + 1)] : [undefined, key]
  if (NAME.test(part) && part.length <= 63 && (prefix === undefined || /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(prefix))) return
  throw new SelectorError(
    `unable to parse requirement: <nil>: Invalid value: ${JSON.stringify(key)}: name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
  )
}

const checkValue = (value: string): string => {
  if (value === "" || (NAME.test(value) && value.length <= 63)) return value
  throw new SelectorError(
    `unable to parse requirement: values[0][]: Invalid value: ${JSON.stringify(value)}: a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`,
  )
}

/** metav1.LabelSelector as requirements; an empty selector matches everything, undefined nothing. */
export const fromLabelSelector = (
  selector:
    | {
        matchLabels?: Readonly<Record<string, string>>
        matchExpressions?: readonly { key: string; operator: string; values?: readonly string[] }[]
      }
    | undefined,
): Requirement[] => [
  ...Object.entries(selector?.matchLabels ?? {}).map(([key, value]): Requirement => ({ key, operator: "=", values: [value] })),
  ...(selector?.matchExpressions ?? []).map(
    ({ key, operator, values = [] }): Requirement => ({
      key,
      operator: ({ In: "in", NotIn: "notin", Exists: "exists", DoesNotExist: "!", Gt: "gt", Lt: "lt" } as const)[operator as "In"] ?? "in",
      values,
    }),
  ),
]

export const selectorMatches = (selector: Parameters<typeof fromLabelSelector>[0], labels: Labels): boolean =>
  selector !== undefined && matches(fromLabelSelector(selector), labels)

/** A selector as printed: "a=b,c in (d,e)". */
export const formatSelector = (selector: Parameters<typeof fromLabelSelector>[0]): string =>
  fromLabelSelector(selector)
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ key, operator, values }) => {
      if (operator === "exists") return key
      if (operator === "!") return `!${key}`
      if (operator === "in" || operator === "notin") return `${key} ${operator} (${[...values].sort().join(",")})`
      return `${key}${operator === "gt" ? ">" : operator === "lt" ? "<" : operator}${values[0]}`
    })
    .join(",")

/** "metadata.name=x,status.phase!=Running" as terms. */
export const parseFieldSelector = (text: string): { field: string; value: string; negative: boolean }[] =>
  text
    .split(",")
    .filter((term) => term !== "")
    .map((term) => {
      const match = /^(.+?)(!=|==|=)(.*)$/.exec(term)
      if (!match) throw new SelectorError(`invalid selector: '${text}'; can't understand '${term}'`)
      return { field: match[1], value: match[3], negative: match[2] === "!=" }
    })
