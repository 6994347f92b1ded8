/** Whether a private key's file is kept as it has to be. As authfile.c. */
import type { Process } from "@drydock/machine"

const FRAME = "@".repeat(59)

/** What ssh says of a private key's file that others may read; undefined when it is as it should be. */
export const tooOpen = (process: Process, path: string): string | undefined => {
  const { mode, uid } = process.files.stat(path)
  if (uid !== process.credentials.uid || (mode & 0o077) === 0) return undefined
  return `${FRAME}\n@         WARNING: UNPROTECTED PRIVATE KEY FILE!          @\n${FRAME}\nPermissions 0${(mode & 0o777).toString(8).padStart(3, "0")} for '${path}' are too open.\nIt is required that your private key files are NOT accessible by others.\nThis private key will be ignored.\n`
}
