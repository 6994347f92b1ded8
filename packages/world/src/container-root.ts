/** A container's root file system: its image's layer, the mount points that runc makes, and what is mounted there. */
import type { SandboxConfig } from "@drydock/kubernetes/ports"
import type { Image, ImageContext } from "@drydock/images"
import {
  defineLayer,
  FilesView,
  type Layer,
  type LayerEntry,
  MadeMount,
  MountNamespace,
  type NetworkNamespace,
  type Program,
  ROOT_VIEWER,
  type SimulatedMachine,
  systemInode,
  withMountPoints,
} from "@drydock/machine"
import { pythonEntries, shellEntries } from "@drydock/shell"

const contexts = new WeakMap<NetworkNamespace, () => ImageContext>()

/** Tells the programs of images that run in `network` about their cluster. */
export const provideContext = (network: NetworkNamespace, context: () => ImageContext): void => {
  contexts.set(network, context)
}

/** An executable that needs the cluster, as one for all worlds: it asks for its own when it starts. */
const component =
  (make: (context: ImageContext) => Program): Program =>
  (process) => {
    const context = contexts.get(process.network)
    if (!context) throw new Error("a program of an image runs outside every sandbox")
    return make(context())(process)
  }

const layers = new WeakMap<Image, Layer>()

/** An image's root file system, one for all worlds. */
const layerOf = (image: Image): Layer => {
  let layer = layers.get(image)
  if (!layer) {
    const passwd = image.shell
      ? [
          { path: "/etc/passwd", content: "root:x:0:0:root:/root:/bin/sh\n" },
          { path: "/etc/group", content: "root:x:0:\n" },
        ]
      : []
    layer = defineLayer([
      ...(image.shell ? shellEntries(image.shell, image.brings) : [{ path: "/tmp", mode: 0o1777 }]),
      ...passwd,
      { path: "/etc" },
      { path: "/var/log" },
      ...(image.files ?? []),
      ...(image.interpreter ? pythonEntries() : []),
      ...Object.entries(image.components ?? {}).map(([path, make]) => ({ path, program: component(make) })),
    ])
    layers.set(image, layer)
  }
  return layer
}

const resolvConf = ({ searches, servers, options }: SandboxConfig["dns"]): string =>
  (searches.length > 0 ? `search ${searches.join(" ")}\n` : "") +
  servers.map((server) => `nameserver ${server}\n`).join("") +
  (options.length > 0 ? `options ${options.join(" ")}\n` : "")

/** What containerd keeps for a sandbox and mounts into each of its containers. */
class SandboxFile extends MadeMount {
  constructor(machine: SimulatedMachine, content: () => string) {
    super(machine.volume, machine.volume.device, machine.volume.type, false, () => systemInode("file", 0o644, { content }))
  }
}

/** A directory is to be mounted over a file, or a file over a directory. As runc's rootfs_linux.go. */
export class MountMismatch extends Error {
  constructor(from: string, at: string) {
    const flags = "flags=MS_BIND|MS_REC"
    super(
      `error mounting ${JSON.stringify(from)} to rootfs at ${JSON.stringify(at)}: mount src=${from}, dst=${at}, dstFd=/proc/thread-self/fd/8, ${flags}: not a directory`,
    )
  }
}

export const containerRoot = (
  machine: SimulatedMachine,
  image: Image,
  sandbox: { hostname: string; config: SandboxConfig },
  mounts: readonly { containerPath: string; hostPath: string; readOnly: boolean; image?: string }[],
  imageOf: (reference: string) => Image | undefined = () => undefined,
): FilesView => {
  const sources = new Map<string, FilesView>()
  const sourceOf = (reference: string | undefined): FilesView => {
    if (reference === undefined) return machine.files
    const known = sources.get(reference)
    if (known) return known
    const mounted = imageOf(reference)
    if (!mounted) throw new Error(`image ${reference} is not there`)
    const view = new FilesView(
      new MountNamespace(machine.createVolume({ device: "overlay", type: "overlay", layer: layerOf(mounted) })),
      ROOT_VIEWER,
    )
    sources.set(reference, view)
    return view
  }
  const points = mounts.map(({ containerPath, hostPath, image: reference }) => ({
    path: containerPath,
    directory: sourceOf(reference).stat(hostPath).type === "directory",
  }))
  const layer = withMountPoints(layerOf(image), [
    { path: "/etc/hostname", directory: false },
    { path: "/etc/resolv.conf", directory: false },
    { path: "/proc", directory: true },
    { path: "/sys", directory: true },
    { path: "/dev", directory: true },
    ...points,
  ])
  const files = new FilesView(new MountNamespace(machine.createVolume({ device: "overlay", type: "overlay", layer })), ROOT_VIEWER)
  files.attach("/etc/hostname", new SandboxFile(machine, () => `${sandbox.hostname}\n`))
  files.attach("/etc/resolv.conf", new SandboxFile(machine, () => resolvConf(sandbox.config.dns)))
  for (const [index, { containerPath, hostPath, readOnly, image: reference }] of mounts.entries()) {
    const isThere = files.exists(containerPath)
    if (isThere && (files.stat(containerPath).type === "directory") !== points[index].directory)
      throw new MountMismatch(hostPath, containerPath)
    files.mount(containerPath, { view: sourceOf(reference), path: hostPath }, { readOnly })
  }
  return files
}

/** Mounted into every container: not the image's. */
const MOUNTED = new Set(["/proc", "/sys", "/dev", "/etc/hostname", "/etc/resolv.conf"])
const MOST_FILES = 20_000

/** All files of a container as an image's. */
export const snapshot = (files: FilesView): LayerEntry[] => {
  const entries: LayerEntry[] = []
  const visit = (directory: string): void => {
    for (const { name, type } of files.list(directory || "/")) {
      const path = `${directory}/${name}`
      if (MOUNTED.has(path) || entries.length > MOST_FILES) continue
      const { mode, uid, gid } = files.lstat(path)
      const owner = { mode: mode & 0o7777, uid, gid }
      if (type === "symlink") entries.push({ path, target: files.readlink(path) })
      else if (type === "directory") {
        entries.push({ path, ...owner })
        visit(path)
      } else if (type === "file") {
        const program = files.program(path)
        entries.push({ path, ...owner, ...(program ? { program } : { content: files.readBytes(path) }) })
      }
    }
  }
  visit("")
  return entries
}
