/** Metadata, errors, labels, quantities, patches: what every part of Kubernetes shares. */
export * from "./base64.ts"
export * from "./frozen.ts"
export * from "./object.ts"
export * from "./patch.ts"
export * from "./quantity.ts"
export * from "./selectors.ts"
export * from "./status.ts"
