/** The CPU a control group may use: so much a period, then it waits for the next one. As kernel/sched/fair.c (CFS bandwidth control). */

/** cpu.cfs_period_us, as ms. */
export const CPU_PERIOD = 100

export class CpuBandwidth {
  #period = 0
  /** Of the present period's quota, ms; more than that is paid by the next ones. */
  #spent = 0
  /** Until when it waits, ms; 0: it does not. */
  #until = 0
  /** nr_throttled */
  throttledPeriods = 0
  /** throttled_usec, as ms. */
  throttledMs = 0

  charge(ms: number): void {
    this.#spent += ms
  }

  /**
   * How long it has to wait, ms; 0: it may run.
   * @param limit millicores
   */
  waits(now: number, limit: number): number {
    if (now < this.#until) return this.#until - now
    const quota = Math.max(1, (limit * CPU_PERIOD) / 1_000)
    const period = Math.floor(now / CPU_PERIOD)
    this.#spent = Math.max(0, this.#spent - quota * (period - this.#period))
    this.#period = period
    if (this.#spent < quota) return 0
    const periods = Math.max(1, Math.floor(this.#spent / quota))
    this.#until = (period + periods) * CPU_PERIOD
    this.throttledPeriods += periods
    this.throttledMs += this.#until - now
    return this.#until - now
  }
}
