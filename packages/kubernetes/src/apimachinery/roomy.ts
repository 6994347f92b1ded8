/** Objects with room for their members in one piece of memory. */
import type { Json } from "./frozen.ts"

/**
 * A literal `{}` has room for four members; each later one makes V8 add a table of its own, with spare places. What a constructor makes has
 * room for as many as its first instances came to have.
 */
const withRoomFor = (members: number): (() => Json) => {
  // Instances are plain objects to everybody: not of a class, which would show in their prototype.
  function Plain(): void {}
  Plain.prototype = Object.prototype
  const Roomy = Plain as unknown as new () => Json
  for (let instance = 0; instance < 16; instance++) {
    const first = new Roomy()
    for (let member = 0; member < members; member++) first[`member${member}`] = undefined
  }
  return () => new Roomy()
}

/** apiVersion, kind, metadata, spec, status, and what is noted on it. */
const newObject = withRoomFor(6)
const newMetadata = withRoomFor(8)

const fill = (made: Json, from: Json): Json => {
  // A plain assignment of this name would set the prototype.
  for (const name in from)
    if (name === "__proto__") Object.defineProperty(made, name, { value: from[name], enumerable: true, writable: true, configurable: true })
    else made[name] = from[name]
  return made
}

/** A copy of an API object and its metadata; what is below is shared. */
export const roomy = <T extends { metadata: object }>(object: T): T => {
  const made = fill(newObject(), object as unknown as Json)
  made.metadata = fill(newMetadata(), object.metadata as Json)
  return made as unknown as T
}
