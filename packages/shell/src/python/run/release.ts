/** Which Python an interpreter is taken for: what it says of itself, and where its traces differ. */
export interface Release {
  /** "3.12.3" */
  readonly version: string
  readonly minor: number
  /** In sys.version and the greeting, after the version. */
  readonly build: string
  /** Where the library lies. */
  readonly library: string
  readonly executable: string
}

/** Ubuntu 24.04's python3. */
export const UBUNTU: Release = {
  version: "3.12.3",
  minor: 12,
  build: "(main, Nov  6 2025, 13:44:16) [GCC 13.3.0]",
  library: "/usr/lib/python3.12",
  executable: "/usr/bin/python3",
}

/** The newest release of each line that has an official image. */
const NEWEST: Readonly<Record<string, number>> = {
  "3.14": 2,
  "3.13": 11,
  "3.12": 12,
  "3.11": 14,
  "3.10": 19,
  "3.9": 25,
  "3.8": 20,
  "3.7": 17,
  "3.6": 15,
}
const LATEST = "3.14"

/** The Python of the official image for a version, which may be a line ("3.12") or less. */
export const officialImage = (asked: string): Release => {
  const [major, line = "", micro = ""] = asked.split(".")
  const short = line === "" ? (major === "2" ? "2.7" : LATEST) : `${major}.${line}`
  const version = micro !== "" ? asked : `${short}.${NEWEST[short] ?? 0}`
  return {
    version,
    minor: Number(short.split(".")[1]),
    build: "(main, Dec  8 2025, 23:41:17) [GCC 14.2.0]",
    library: `/usr/local/lib/python${short}`,
    executable: "/usr/local/bin/python3",
  }
}
