/** YAML as kubectl prints it. */
export { goYaml as toYaml } from "@drydock/gotemplate"
