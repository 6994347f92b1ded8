export interface Figures {
  total: { pass: number; all: number }
  differs: string[]
}

export interface Yardstick {
  name: string
  title: string
  run(): Promise<Figures>
}

export const yardsticks: readonly Yardstick[]
export const missing: (yardstick: Yardstick) => string[]
