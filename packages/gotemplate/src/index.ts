/** Go text/template, package fmt's printing, and Kubernetes' JSONPath. */
export type { Functions } from "./functions.ts"
export { goTemplate, type TemplateOptions, TemplateSet } from "./go-template.ts"
export { goJson, goNumber, goQuote, goSyntax, goValue, sortedKeys } from "./go-values.ts"
export { JsonPathError, type JsonPathOptions, jsonPath, jsonPathValues, parseJsonPath, relaxed } from "./jsonpath.ts"
export { TemplateError } from "./lexer.ts"
export { sprintf } from "./printf.ts"
