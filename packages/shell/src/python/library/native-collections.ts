/** What of collections is native: defaultdict. */
import { maker, methods, nativeClass } from "../objects/define.ts"
import { Dict, DICT, type PyClass, type Value } from "../objects/values.ts"
import { fill } from "../methods/dicts.ts"
import { defineModule } from "./define-module.ts"

const DEFAULT_DICT = nativeClass("collections", "defaultdict", [DICT])

let installed = false

const install = (): void => {
  if (installed) return
  installed = true
  maker(DEFAULT_DICT, undefined, (_, [cls]) => new Dict(cls as PyClass))
  methods(DEFAULT_DICT, {
    __init__: [
      undefined,
      function* (python, [self, factory, source], keywords) {
        ;(self as Dict).factory = factory ?? null
        yield* fill(python, self as Dict, source, keywords)
        return null
      },
    ],
    __repr__: [
      "self",
      function* (python, [self]) {
        const plain = new Dict()
        for (const [key, value] of (self as Dict).map) plain.put(key, (self as Dict).original(key), value)
        return `defaultdict(${yield* python.repr((self as Dict).factory)}, ${yield* python.repr(plain)})`
      },
    ],
  })
}

export const nativeCollections = defineModule({
  name: "_collections",
  values: (): Readonly<Record<string, Value>> => {
    install()
    return { defaultdict: DEFAULT_DICT }
  },
})
