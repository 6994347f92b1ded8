import type { Command } from "./command.ts"
export const clusterCommand: Command = { name: "cluster", summary: "", options: {}, run: async () => 1 }
