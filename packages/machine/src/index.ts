/** One simulated Linux host: files, processes, pipes, signals, terminals, users, systemd, journal, sockets. Knows no Kubernetes. */
export * from "./errno.ts"
export * from "./files.ts"
export * from "./machine.ts"
export * from "./network.ts"
export type { OpenFile } from "./open-file.ts"
export * from "./process.ts"
export * from "./signals.ts"
export * from "./tty.ts"
