/** Names: reading them from slots, class bodies, globals and builtins, and the errors when they are not there. */
import { raised } from "../objects/raise.ts"
import type { Value } from "../objects/values.ts"
import type { Frame } from "../run/frame.ts"
import type { Span } from "../syntax/nodes.ts"
import type { Code } from "./code.ts"
import type { Place, Scope } from "./scope.ts"

const at = (frame: Frame, depth: number): Frame => {
  let found = frame
  for (let left = depth; left > 0; left--) found = found.parent as Frame
  return found
}

const global = (frame: Frame, name: string): Value | undefined => {
  const own = frame.globals.map.get(name)
  return own !== undefined ? own : frame.python.builtins.map.get(name)
}

const missing = (name: string) => {
  const error = raised("NameError", `name '${name}' is not defined`)
  error.attrs?.map.set("name", name)
  return error
}

const unbound = (frame: Frame, depth: number, name: string) =>
  depth === 0 || at(frame, depth).home === frame.home
    ? raised("UnboundLocalError", `cannot access local variable '${name}' where it is not associated with a value`)
    : raised("NameError", `cannot access free variable '${name}' where it is not associated with a value in enclosing scope`)

const reader = (place: Place, outer: Place, name: string): ((frame: Frame) => Value | undefined) => {
  if (place.kind === "slot") {
    const { depth, index } = place
    if (depth === 0) return (frame) => frame.slots[index]
    if (depth === 1) return (frame) => (frame.parent as Frame).slots[index]
    return (frame) => at(frame, depth).slots[index]
  }
  if (place.kind === "global") return (frame) => global(frame, name)
  const beyond = outer.kind === "names" ? (frame: Frame) => global(frame, name) : reader(outer, outer, name)
  return (frame) => {
    const own = frame.names?.map.get(name)
    return own !== undefined ? own : beyond(frame)
  }
}

export const loadName = (scope: Scope, name: string, node: Span): Code => {
  const place = scope.place(name)
  const outer = scope.kind === "class" ? scope.enclosing(name) : place
  const quick = reader(place, scope.kind === "module" ? { kind: "names" } : outer, name)
  return {
    quick,
    *run(frame) {
      const value = quick(frame)
      if (value !== undefined) return value
      frame.home.at = node
      throw place.kind === "slot" ? unbound(frame, place.depth, name) : missing(name)
    },
  }
}

export const storeName = (scope: Scope, name: string): ((frame: Frame, value: Value) => void) => {
  const place = scope.place(name)
  if (place.kind === "slot") {
    const { depth, index } = place
    if (depth === 0)
      return (frame, value) => {
        frame.slots[index] = value
      }
    return (frame, value) => {
      at(frame, depth).slots[index] = value
    }
  }
  if (place.kind === "global") return (frame, value) => void frame.globals.map.set(name, value)
  return (frame, value) => void (frame.names ?? frame.globals).map.set(name, value)
}

/** Throws NameError. */
export const deleteName = (scope: Scope, name: string, node: Span): ((frame: Frame, quiet?: boolean) => void) => {
  const place = scope.place(name)
  return (frame, quiet = false) => {
    if (place.kind === "slot") {
      const { slots } = at(frame, place.depth)
      if (slots[place.index] === undefined && !quiet) {
        frame.home.at = node
        throw unbound(frame, place.depth, name)
      }
      slots[place.index] = undefined
      return
    }
    const names = place.kind === "global" ? frame.globals : (frame.names ?? frame.globals)
    if (!names.map.has(name) && !quiet) {
      frame.home.at = node
      throw missing(name)
    }
    names.map.delete(name)
  }
}
