/** /proc/<pid>/net: interfaces, routes and sockets of a process's network. */
import type { NetworkNamespace } from "../network/contract.ts"
import type { Inode } from "./inode.ts"
import { lazyDirectory, textInode } from "./system-inode.ts"

/** Least significant byte first, in hexadecimal, as the kernel prints addresses on x86. */
const hexAddress = (address: string): string =>
  address
    .split(".")
    .reverse()
    .map((part) => Number(part).toString(16).toUpperCase().padStart(2, "0"))
    .join("")

const masked = (address: string, prefix: number, rest = 0): string => {
  const bits = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0)
  const network = Math.floor(bits / 2 ** (32 - prefix)) * 2 ** (32 - prefix) + rest
  return [24, 16, 8, 0].map((shift) => Math.floor(network / 2 ** shift) % 256).join(".")
}

const hexPort = (port: number): string => port.toString(16).toUpperCase().padStart(4, "0")

export const networkDirectory = (network: () => NetworkNamespace): Inode => {
  const sockets = (protocol: "tcp" | "udp") => () =>
    `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n${network()
      .listeners.filter((one) => one.protocol === protocol)
      .map(
        ({ address, port }, at) =>
          `${String(at).padStart(4)}: ${hexAddress(address)}:${hexPort(port)} 00000000:0000 ${protocol === "tcp" ? "0A" : "07"} 00000000:00000000 00:00000000 00000000     0        0 ${20_000 + port} 1 0000000000000000 100 0 0 10 0\n`,
      )
      .join("")}`
  const files: Readonly<Record<string, () => string>> = {
    dev: () =>
      `Inter-|   Receive                                                |  Transmit\n face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n${network()
        .interfaces.map(
          ({ name }) =>
            `${name.padStart(6)}:       0       0    0    0    0     0          0         0        0       0    0    0    0     0       0          0\n`,
        )
        .join("")}`,
    route: () => {
      const row = (name: string, to: string, gateway: string, flags: string, mask: string) =>
        `${name}\t${hexAddress(to)}\t${hexAddress(gateway)}\t${flags}\t0\t0\t0\t${hexAddress(mask)}\t0\t0\t0`.padEnd(127)
      const own = network().interfaces.filter(({ name }) => name !== "lo")
      const rows = own.map(({ name, address, prefix }) =>
        row(name, masked(address, prefix), "0.0.0.0", "0001", masked("255.255.255.255", prefix)),
      )
      const [first] = own
      if (first) rows.unshift(row(first.name, "0.0.0.0", masked(first.address, first.prefix, 1), "0003", "0.0.0.0"))
      return `${"Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT".padEnd(127)}\n${rows.map((line) => `${line}\n`).join("")}`
    },
    tcp: sockets("tcp"),
    udp: sockets("udp"),
    tcp6: () =>
      "  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n",
    arp: () => "IP address       HW type     Flags       HW address            Mask     Device\n",
    unix: () => "Num       RefCount Protocol Flags    Type St Inode Path\n",
  }
  return lazyDirectory(() => Object.fromEntries(Object.entries(files).map(([name, content]) => [name, () => textInode(content)])))
}
