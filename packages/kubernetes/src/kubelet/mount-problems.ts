/** Why a volume cannot be mounted, in upstream's words. As pkg/volume/util/operationexecutor, pkg/volume/hostpath, nfs and csi. */
import type { Pod } from "../api/index.ts"
import type { HostFiles } from "../ports/host.ts"
import { ConfigError } from "./environment.ts"

/** What failed, as the event begins. */
const SET_UP = "MountVolume.SetUp failed"
export const NEW_MOUNTER = "MountVolume.NewMounter initialization failed"
export const DEVICE = "MountVolume.MountDevice failed"

export class MountError extends ConfigError {
  readonly volume: string
  readonly operation: string
  /** @param volume the name that the event has: the PersistentVolume's for a claim */
  constructor(volume: string, message: string, operation = SET_UP) {
    super(message)
    this.volume = volume
    this.operation = operation
  }
}

/** The text of FailedMount. */
export const mountProblem = (error: ConfigError, volume: string): string => {
  const [operation, name] = error instanceof MountError ? [error.operation, error.volume] : [SET_UP, volume]
  return `${operation} for volume ${JSON.stringify(name)} : ${error.message}`
}

const KINDS: Readonly<Record<string, string>> = {
  Directory: "directory",
  DirectoryOrCreate: "directory",
  File: "file",
  FileOrCreate: "file",
  Socket: "socket file",
  CharDevice: "character device",
  BlockDevice: "block device",
}

const isDirectory = (files: HostFiles, path: string): boolean => {
  try {
    files.list(path)
    return true
  } catch {
    return false
  }
}

/** Makes what a hostPath may make, and throws MountError when it is not of its type. Without a type the runtime makes a directory. */
export const checkHostPath = (files: HostFiles, path: string, type: string | undefined, volume: string): void => {
  if (!files.exists(path)) {
    if (!type || type === "DirectoryOrCreate") return files.mkdir(path)
    if (type === "FileOrCreate") return files.write(path, "")
  } else if (!type) return
  const found = files.exists(path) && (isDirectory(files, path) ? "directory" : "file")
  const wanted = KINDS[type]
  // Sockets and devices are not told from files here.
  if (found === wanted || (found === "file" && wanted !== "directory")) return
  throw new MountError(volume, `hostPath type check failed: ${path} is not a ${wanted}`)
}

/** Nodes have no nfs-common: mount finds no helper for the file system. */
export const nfsProblem = (pod: Pod, volume: string, { server, path }: { server: string; path: string }): string => {
  const target = `/var/lib/kubelet/pods/${pod.metadata.uid}/volumes/kubernetes.io~nfs/${volume}`
  const why = "bad option; for several filesystems (e.g. nfs, cifs) you might need a /sbin/mount.<type> helper program."
  return `mount failed: exit status 32
Mounting command: mount
Mounting arguments: -t nfs ${server}:${path} ${target}
Output: mount: ${target}: ${why}
       dmesg(1) may have more information after failed mount system call.
`
}

export const unknownDriver = (call: string, driver: string): string =>
  call === "mounter.SetUpAt"
    ? `kubernetes.io/csi: mounter.SetUpAt failed to get CSI client: driver name ${driver} not found in the list of registered CSI drivers`
    : `kubernetes.io/csi: ${call} failed to create newCsiDriverClient: driver name ${driver} not found in the list of registered CSI drivers`
