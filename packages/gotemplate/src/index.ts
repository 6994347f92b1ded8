/** Go text/template and Kubernetes' JSONPath. */
export { type Functions, goTemplate, goValue, TemplateError } from "./go-template.ts"
export { JsonPathError, jsonPath, jsonPathValues, relaxed } from "./jsonpath.ts"
