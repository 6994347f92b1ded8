/** /proc/sys: what the kernel can be told. Defaults are those of a kubeadm node on Ubuntu 24.04; a machine keeps only what was changed. */
import { SystemError } from "../kernel/errno.ts"
import { EMPTY } from "../kernel/byte-queue.ts"
import { DeviceFile } from "../kernel/regular-file.ts"
import type { Inode } from "./inode.ts"
import { lazyDirectory, systemInode } from "./system-inode.ts"

export interface Settings {
  /** "net/ipv4/ip_forward" → what was written there. */
  changed(name: string): string | undefined
  /** Undefined where they cannot be changed (in a container). */
  change: ((name: string, value: string) => void) | undefined
}

const DEFAULTS: Readonly<Record<string, string>> = {
  "fs/aio-max-nr": "65536",
  "fs/file-max": "9223372036854775807",
  "fs/file-nr": "1376\t0\t9223372036854775807",
  "fs/inotify/max_queued_events": "16384",
  "fs/inotify/max_user_instances": "128",
  "fs/inotify/max_user_watches": "65536",
  "fs/nr_open": "1048576",
  "kernel/keys/root_maxbytes": "25000000",
  "kernel/keys/root_maxkeys": "1000000",
  "kernel/msgmax": "8192",
  "kernel/ostype": "Linux",
  "kernel/panic": "10",
  "kernel/panic_on_oops": "1",
  "kernel/pid_max": "4194304",
  "kernel/randomize_va_space": "2",
  "kernel/sem": "32000\t1024000000\t500\t32000",
  "kernel/shmall": "18446744073692774399",
  "kernel/shmmax": "18446744073692774399",
  "kernel/shmmni": "4096",
  "kernel/threads-max": "16756",
  "net/bridge/bridge-nf-call-arptables": "1",
  "net/bridge/bridge-nf-call-ip6tables": "1",
  "net/bridge/bridge-nf-call-iptables": "1",
  "net/core/netdev_max_backlog": "1000",
  "net/core/rmem_max": "212992",
  "net/core/somaxconn": "4096",
  "net/core/wmem_max": "212992",
  "net/ipv4/conf/all/forwarding": "1",
  "net/ipv4/conf/all/route_localnet": "0",
  "net/ipv4/conf/all/rp_filter": "2",
  "net/ipv4/conf/default/rp_filter": "2",
  "net/ipv4/ip_forward": "1",
  "net/ipv4/ip_local_port_range": "32768\t60999",
  "net/ipv4/ip_nonlocal_bind": "0",
  "net/ipv4/ip_unprivileged_port_start": "1024",
  "net/ipv4/tcp_fin_timeout": "60",
  "net/ipv4/tcp_keepalive_intvl": "75",
  "net/ipv4/tcp_keepalive_probes": "9",
  "net/ipv4/tcp_keepalive_time": "7200",
  "net/ipv4/tcp_max_syn_backlog": "128",
  "net/ipv4/tcp_syn_retries": "6",
  "net/ipv4/tcp_syncookies": "1",
  "net/ipv4/tcp_tw_reuse": "2",
  "net/ipv4/tcp_rmem": "4096\t131072\t6291456",
  "net/ipv4/tcp_wmem": "4096\t16384\t4194304",
  "net/ipv6/conf/all/disable_ipv6": "0",
  "net/ipv6/conf/all/forwarding": "0",
  "net/ipv6/conf/default/disable_ipv6": "0",
  "net/netfilter/nf_conntrack_count": "214",
  "net/netfilter/nf_conntrack_max": "131072",
  "net/netfilter/nf_conntrack_tcp_timeout_close_wait": "3600",
  "net/netfilter/nf_conntrack_tcp_timeout_established": "86400",
  "vm/dirty_background_ratio": "10",
  "vm/dirty_ratio": "20",
  "vm/drop_caches": "0",
  "vm/max_map_count": "1048576",
  "vm/min_free_kbytes": "45056",
  "vm/overcommit_memory": "1",
  "vm/overcommit_ratio": "50",
  "vm/panic_on_oom": "0",
  "vm/swappiness": "60",
  "vm/vfs_cache_pressure": "100",
}

/** A new network namespace starts with its own. */
const OF_A_CONTAINER: Readonly<Record<string, string>> = { "net/ipv4/ip_unprivileged_port_start": "0" }

const READ_ONLY = new Set(["kernel/ostype", "kernel/osrelease", "fs/file-nr", "net/netfilter/nf_conntrack_count", "kernel/random/boot_id"])

const decoder = new TextDecoder()

const setting = (name: string, value: () => string, change: Settings["change"]): Inode =>
  systemInode("file", READ_ONLY.has(name) ? 0o444 : 0o644, {
    content: () => `${value()}\n`,
    ...(change &&
      !READ_ONLY.has(name) && {
        device: (flags) =>
          new DeviceFile(`/proc/sys/${name}`, flags, {
            type: "file",
            read: () => EMPTY,
            write: (data) => {
              const given = decoder.decode(data).trim()
              // Numbers stay numbers: proc_dointvec refuses anything else.
              if (/^-?\d+$/.test(value()) && !/^-?\d+$/.test(given)) throw new SystemError("EINVAL")
              change(name, given.replace(/\s+/g, "\t"))
              return data.length
            },
          }),
      }),
  })

export const kernelSettings = (
  facts: { hostname: string; release: string; bootId: string; container: boolean },
  settings: Settings,
): Inode => {
  const values: Readonly<Record<string, string>> = {
    ...DEFAULTS,
    ...(facts.container && OF_A_CONTAINER),
    "kernel/hostname": facts.hostname,
    "kernel/osrelease": facts.release,
    "kernel/random/boot_id": facts.bootId,
  }
  const folder = (prefix: string): Inode =>
    lazyDirectory(() => {
      const entries: Record<string, () => Inode> = {}
      for (const name of Object.keys(values)) {
        if (!name.startsWith(prefix)) continue
        const [first, ...rest] = name.slice(prefix.length).split("/")
        entries[first] =
          rest.length > 0
            ? () => folder(`${prefix}${first}/`)
            : () => setting(name, () => settings.changed(name) ?? values[name], settings.change)
      }
      return entries
    })
  return folder("")
}
