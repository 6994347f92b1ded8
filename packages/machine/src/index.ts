/** One simulated Linux host: files, processes, pipes, signals, terminals, users, systemd, journal, sockets. Knows no Kubernetes. */
export * from "./contract.ts"
export * from "./files/contract.ts"
export * from "./kernel/errno.ts"
export type { OpenFile } from "./kernel/open-file.ts"
export * from "./kernel/process.ts"
export * from "./kernel/signals.ts"
export * from "./network/contract.ts"
export * from "./tty/contract.ts"
