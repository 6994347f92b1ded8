/** The real kubectl, and whether this machine is one that must have it. */
import { realClients } from "../../scripts/fidelity/real-clients.mjs"

export const binary = await realClients()
/** Where it is not, in continuous integration on Linux x64, something is wrong with the set-up. */
export const required = process.env.CI === "true" && process.platform === "linux" && process.arch === "x64"
