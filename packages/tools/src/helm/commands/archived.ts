/** The entries of a chart's archive as they lie in it. */
import type { ArchiveEntry, Archives } from "../../archives.ts"
import { HelmError } from "../errors.ts"

/** Throws HelmError. */
export const archived = (data: Uint8Array, archives: Archives): readonly ArchiveEntry[] => {
  try {
    return archives.unpack(archives.gunzip(data)).filter(({ name }) => !name.startsWith("/") && !name.split("/").includes(".."))
  } catch {
    throw new HelmError("gzip: invalid header")
  }
}
