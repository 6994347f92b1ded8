/** The lesson format: schema, loader, linter, importers. */
export * from "./lesson.ts"
