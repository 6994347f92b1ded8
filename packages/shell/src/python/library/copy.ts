/** copy. */
import { defineModule } from "./define-module.ts"

export const copy = defineModule({
  name: "copy",
  source: `
class Error(Exception):
    pass
def copy(x):
    if isinstance(x, list):
        return x[:] if type(x) is list else type(x)(x)
    if isinstance(x, (dict, set)):
        return x.copy()
    if hasattr(type(x), "__copy__"):
        return x.__copy__()
    if hasattr(x, "__dict__") and not isinstance(x, type) and not callable(x):
        made = object.__new__(type(x)) if False else _blank(type(x))
        made.__dict__.update(x.__dict__)
        return made
    return x
def _blank(cls):
    class Blank:
        pass
    made = Blank()
    made.__class__ = cls
    return made
def deepcopy(x, memo=None):
    memo = {} if memo is None else memo
    if id(x) in memo:
        return memo[id(x)]
    if isinstance(x, list):
        made = memo[id(x)] = []
        for one in x:
            made.append(deepcopy(one, memo))
        return made
    if isinstance(x, tuple):
        return tuple(deepcopy(one, memo) for one in x)
    if isinstance(x, dict):
        made = memo[id(x)] = x.copy()
        for key, value in x.items():
            made[key] = deepcopy(value, memo)
        return made
    if isinstance(x, set):
        return {deepcopy(one, memo) for one in x}
    if hasattr(type(x), "__deepcopy__"):
        return x.__deepcopy__(memo)
    if hasattr(x, "__dict__") and not isinstance(x, type) and not callable(x) and type(x).__module__ != "builtins":
        made = memo[id(x)] = _blank(type(x))
        for key, value in x.__dict__.items():
            made.__dict__[key] = deepcopy(value, memo)
        return made
    return x
`,
})
