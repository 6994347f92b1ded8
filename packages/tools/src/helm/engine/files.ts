/** .Files: what a chart has beside its templates. As helm/pkg/engine/files.go. */
import { encodeBase64 } from "@drydock/kubernetes/apimachinery"
import { GoObject, goValue, goYaml } from "@drydock/gotemplate"
import { type ChartFile, textOf } from "../chart/chart.ts"
import { baseName, matchesGlob } from "../paths.ts"

const yaml = (entries: readonly (readonly [string, string])[]): string => goYaml(Object.fromEntries(entries)).replace(/\n$/, "")

export const filesObject = (files: readonly ChartFile[]): GoObject => {
  const content = (name: unknown) => {
    const file = files.find((one) => one.name === name)
    return file ? textOf(file.data) : ""
  }
  const entries = Object.fromEntries(files.map(({ name, data }) => [name, textOf(data)]))
  return new GoObject({
    type: "engine.files",
    entries,
    text: goValue(entries),
    methods: {
      Get: (name) => content(name),
      GetBytes: (name) => content(name),
      Glob: (pattern) => filesObject(files.filter(({ name }) => matchesGlob(String(pattern), name, true))),
      Lines: (name) => {
        const text = content(name)
        return text === "" ? [] : text.replace(/\n$/, "").split("\n")
      },
      AsConfig: () => yaml(files.map(({ name, data }) => [baseName(name), textOf(data)])),
      AsSecrets: () => yaml(files.map(({ name, data }) => [baseName(name), encodeBase64(data)])),
    },
  })
}
