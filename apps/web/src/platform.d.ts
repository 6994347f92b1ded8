/** What the bundler resolves and TypeScript does not know: style sheets, and Monaco's inner modules. */
/// <reference types="next" />
/// <reference types="next/image-types/global" />
declare module "*.css"
declare module "@fontsource-variable/inter"
declare module "@fontsource-variable/jetbrains-mono"
declare module "monaco-editor/editor/editor.api" {
  export * from "monaco-editor"
}
declare module "monaco-editor/features/register.all"
declare module "monaco-editor/languages/definitions/yaml/register"
declare module "monaco-editor/languages/definitions/shell/register"
declare module "monaco-editor/editor/editor.worker.js"
declare module "monaco-editor/internal/common/workers" {
  export const createWebWorker: unknown
}
