import type { Figures, Yardstick } from "./yardsticks.mjs"

export const page: (yardsticks: readonly Yardstick[], results: Readonly<Record<string, Figures | unknown>>) => string
