/** SHA-256 of a text. */
export { sha256Hex } from "@drydock/gotemplate"
