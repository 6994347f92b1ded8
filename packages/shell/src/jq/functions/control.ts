/** Functions that run their arguments themselves: of paths, ranges and the program's surroundings. */
import { JqError } from "../error.ts"
import { compare, type Json } from "../json.ts"
import { type Code, Label, type Place } from "../machine.ts"
import type { Special } from "../native.ts"
import { nowhere } from "../native.ts"
import { clipped } from "../operators.ts"
import { getPath } from "../paths.ts"
import { printed } from "../print-json.ts"

const bound = (value: Json): number => {
  if (typeof value !== "number") throw new JqError("Range bounds must be numeric")
  return value
}

const below = (place: Place, path: readonly Json[]): Place => (place === undefined || place === "nowhere" ? place : [...place, ...path])

/** The first values of a body, as many as `left`; then it is left. */
const limited =
  (body: Code, left: number): Code =>
  (machine, env, value, place, then) => {
    const label = new Label()
    let more = left
    machine.enter(label)
    machine.run(
      body,
      env,
      value,
      place,
      machine.before(then, (result, at) => {
        if (--more <= 0) machine.leave(label)
        machine.give(then, result, at)
      }),
    )
  }

export const control: Readonly<Record<string, Special>> = {
  "first/1": ([body]) => limited(body, 1),
  "limit/2":
    ([count, body]) =>
    (machine, env, value, place, then) =>
      machine.run(
        count,
        env,
        value,
        undefined,
        machine.before(then, (most) => {
          if (compare(most, 0) === 0) return
          const whole = compare(most, 0) > 0 && typeof most === "number"
          machine.run(whole ? limited(body, most) : body, env, value, place, then)
        }),
      ),
  "last/1":
    ([body]) =>
    (machine, env, value, place, then) => {
      let last: { value: Json; place: Place } = { value: null, place: nowhere(place) }
      machine.fork(() => machine.give(then, last.value, last.place))
      machine.run(
        body,
        env,
        value,
        place,
        machine.before(then, (result, at) => {
          last = { value: result, place: at }
        }),
      )
    },
  "empty/0": () => () => undefined,
  "path/1":
    ([body]) =>
    (machine, env, value, place, then) =>
      machine.run(
        body,
        env,
        value,
        [],
        machine.before(then, (result, path) => {
          if (path === undefined || path === "nowhere") throw new JqError(`Invalid path expression with result ${clipped(result)}`)
          machine.give(then, [...path], nowhere(place))
        }),
      ),
  "getpath/1":
    ([which]) =>
    (machine, env, value, place, then) =>
      machine.run(
        which,
        env,
        value,
        undefined,
        machine.before(then, (path) => {
          if (!Array.isArray(path)) throw new JqError("Path must be specified as an array")
          if (place === "nowhere") throw new JqError(`Invalid path expression with result ${clipped(value)}`)
          machine.give(then, getPath(value, path), below(place, path))
        }),
      ),
  "range/2":
    ([from, to]) =>
    (machine, env, value, place, then) =>
      machine.run(
        from,
        env,
        value,
        undefined,
        machine.before(then, (first) =>
          machine.run(
            to,
            env,
            value,
            undefined,
            machine.before(then, (end) => {
              const last = bound(end)
              const next = (at: number): void => {
                if (!(at < last)) return
                if (at + 1 < last) machine.fork(() => next(at + 1))
                machine.give(then, at, nowhere(place))
              }
              next(bound(first))
            }),
          ),
        ),
      ),
  "input/0": () => (machine, _, __, ___, then) => machine.want(then),
  "debug/0": () => (machine, _, value, place, then) =>
    machine.labour(
      printed(value),
      machine.before(then, (text) => {
        machine.surroundings.tell(`["DEBUG:",${String(text)}]\n`)
        machine.give(then, value, place)
      }),
      undefined,
    ),
  "stderr/0": () => (machine, _, value, place, then) =>
    machine.labour(
      typeof value === "string" ? said(value) : printed(value),
      machine.before(then, (text) => {
        machine.surroundings.tell(String(text))
        machine.give(then, value, place)
      }),
      undefined,
    ),
}

function* said(text: string): Generator<void, Json, void> {
  return text
}
