/** Metadata, errors, labels, quantities, patches: what every part of Kubernetes shares. */
export * from "./object.ts"
export * from "./status.ts"
