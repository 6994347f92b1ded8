/** What Monaco completes YAML with: Kubernetes' schema, and the lesson format's while a lesson is written. */
import { jsonSchema } from "@drydock/course/json-schema"
import { KUBERNETES_SCHEMA, yaml } from "./monaco.ts"

/** Completes lab.yaml of a draft; mistakes are the lesson parser's to tell. @returns what undoes it */
export const withLessonSchemas = (): (() => void) => {
  const lab = { uri: new URL("/schemas/lab.json", location.origin).href, fileMatch: ["lab.yaml"], schema: jsonSchema()["lab.yaml"] }
  const general = { ...KUBERNETES_SCHEMA, fileMatch: ["**/files/**/*.yaml", "**/files/**/*.yml", "**/files/*.yaml", "**/files/*.yml"] }
  void yaml.update({ validate: false, schemas: [lab, general] as never })
  return () => void yaml.update({ validate: true, schemas: [KUBERNETES_SCHEMA] })
}
