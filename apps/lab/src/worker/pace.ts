/** How one world's virtual clock follows the wall clock: speed, pause, and no debt that could not be paid. */

/** A world that fell behind further than this (virtual ms at speed 1) lets the time go: its clock slips instead of racing after. */
const SLIP = 500

export class Pace {
  speed = 1
  paused = false
  /** Nobody looks: the clock stands, without being the learner's pause. */
  suspended = true
  #wall = 0
  #virtual = 0

  /** From now on the world's time `virtual` is the wall's `wall`. Call it before changing speed, pause or suspension. */
  anchor(wall: number, virtual: number): void {
    this.#wall = wall
    this.#virtual = Math.ceil(virtual)
  }

  get standing(): boolean {
    return this.paused || this.suspended
  }

  /** Virtual time that the world should have reached, whole ms. */
  due(wall: number): number {
    return this.standing ? this.#virtual : this.#virtual + Math.floor((wall - this.#wall) * this.speed)
  }

  /** Wall time at which virtual time `at` is due; undefined while the clock stands. */
  wallOf(at: number): number | undefined {
    return this.standing ? undefined : this.#wall + (Math.ceil(at) - this.#virtual) / this.speed
  }

  /** Forgives what a world could not keep up with. */
  slip(wall: number, reached: number): void {
    if (this.due(wall) - reached > SLIP * Math.max(1, this.speed)) this.anchor(wall, reached)
  }
}
