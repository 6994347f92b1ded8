/** Python as the official images lay it out. */
import type { LayerEntry, Program } from "@drydock/machine"
import { runPython } from "./main.ts"
import { officialImage } from "./run/release.ts"

/** The image says by PYTHON_VERSION which Python it is. */
const program: Program = (process) => runPython(process, officialImage(process.env.get("PYTHON_VERSION") ?? ""))

export const pythonEntries = (): readonly LayerEntry[] => ["python3", "python"].map((name) => ({ path: `/usr/local/bin/${name}`, program }))
