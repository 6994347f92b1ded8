/** Distributions and shells without a program of their own: they run what they are told. */
import { defineImage, type Image } from "./define-image.ts"

const distribution = (options: {
  repository: string
  tags: readonly string[]
  sizeBytes: number
  name: string
  id: string
  version: string
  command?: readonly string[]
  aliases?: readonly string[]
  shell?: Image["shell"]
  brings?: readonly string[]
}): Image =>
  defineImage({
    repository: options.repository,
    ...(options.aliases && { aliases: options.aliases }),
    tags: options.tags,
    sizeBytes: options.sizeBytes,
    command: options.command ?? ["/bin/bash"],
    shell: options.shell ?? "bash",
    ...(options.brings && { brings: options.brings }),
    files: [
      {
        path: "/etc/os-release",
        content: `PRETTY_NAME="${options.name} ${options.version}"\nNAME="${options.name}"\nVERSION_ID="${options.version}"\nID=${options.id}\n`,
      },
    ],
  })

export const distributions: readonly Image[] = [
  distribution({
    repository: "ubuntu",
    tags: ["latest", "24.04", "22.04", "20.04", "18.04", "noble", "jammy", "focal", "bionic", "rolling"],
    sizeBytes: 29_700_000,
    name: "Ubuntu",
    id: "ubuntu",
    version: "24.04.3 LTS",
    shell: "ubuntu",
  }),
  distribution({
    repository: "debian",
    tags: ["latest", "13*", "12*", "11*", "trixie*", "bookworm*", "bullseye*", "stable*", "testing", "sid"],
    sizeBytes: 49_300_000,
    name: "Debian GNU/Linux",
    id: "debian",
    version: "13",
    command: ["bash"],
    shell: "debian",
  }),
  distribution({
    repository: "fedora",
    tags: ["latest", "4*", "rawhide"],
    sizeBytes: 59_000_000,
    name: "Fedora Linux",
    id: "fedora",
    shell: "redhat",
    version: "43",
  }),
  distribution({
    repository: "centos",
    tags: ["latest", "7", "8", "centos7", "centos8"],
    sizeBytes: 76_000_000,
    name: "CentOS Linux",
    id: "centos",
    shell: "redhat",
    version: "7",
  }),
  distribution({
    repository: "rockylinux",
    tags: ["8*", "9*"],
    sizeBytes: 64_000_000,
    name: "Rocky Linux",
    id: "rocky",
    shell: "redhat",
    version: "9.7",
  }),
  distribution({
    repository: "bash",
    tags: ["latest", "5*", "4*"],
    sizeBytes: 6_800_000,
    name: "Alpine Linux",
    id: "alpine",
    version: "3.23.2",
    command: ["bash"],
  }),
  distribution({
    repository: "nicolaka/netshoot",
    tags: ["latest", "v0.*"],
    sizeBytes: 180_000_000,
    name: "Alpine Linux",
    id: "alpine",
    version: "3.23.2",
    command: ["bash"],
  }),
  distribution({
    repository: "praqma/network-multitool",
    aliases: ["wbitt/network-multitool"],
    tags: ["latest", "alpine*", "extra", "minimal"],
    sizeBytes: 17_000_000,
    name: "Alpine Linux",
    id: "alpine",
    version: "3.20.1",
    command: ["/bin/sh", "-c", "sleep infinity"],
  }),
  distribution({
    repository: "viktoruj/cks-lab",
    tags: ["latest", "*"],
    sizeBytes: 120_000_000,
    name: "Ubuntu",
    id: "ubuntu",
    version: "22.04",
    command: ["/bin/sh", "-c", "sleep infinity"],
  }),
]
