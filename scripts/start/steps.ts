/** Tells what is going on when it takes longer than a second. */

export interface Steps {
  /** Runs `work`; a line appears when it takes longer than a second, and another when it is done. */
  during<Result>(title: string, work: () => Promise<Result>): Promise<Result>
  say(line: string): void
}

const SLOW_MS = 1000

export const steps = (write: (line: string) => void): Steps => ({
  say: write,
  async during(title, work) {
    const begun = Date.now()
    let told = false
    const timer = setTimeout(() => {
      told = true
      write(`${title} …`)
    }, SLOW_MS)
    try {
      const result = await work()
      if (told) write(`${title}: done in ${((Date.now() - begun) / 1000).toFixed(1)} s`)
      return result
    } finally {
      clearTimeout(timer)
    }
  },
})
