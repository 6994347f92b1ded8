/** A small generator for programs that ask for a seed. */
export const BASE_SEED = 0x9e3779b9

export const mulberry = (seed: number): (() => number) => {
  let state = Math.trunc(seed) % 4_294_967_296
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
