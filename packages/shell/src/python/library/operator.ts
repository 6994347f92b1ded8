/** operator. */
import { defineModule } from "./define-module.ts"

export const operator = defineModule({
  name: "operator",
  source: `
def itemgetter(*keys):
    return (lambda one: one[keys[0]]) if len(keys) == 1 else (lambda one: tuple(one[key] for key in keys))
def attrgetter(*names):
    def get(one, name):
        for part in name.split("."):
            one = getattr(one, part)
        return one
    return (lambda one: get(one, names[0])) if len(names) == 1 else (lambda one: tuple(get(one, name) for name in names))
def methodcaller(name, *args, **options):
    return lambda one: getattr(one, name)(*args, **options)
def add(a, b):
    return a + b
def sub(a, b):
    return a - b
def mul(a, b):
    return a * b
def truediv(a, b):
    return a / b
def floordiv(a, b):
    return a // b
def mod(a, b):
    return a % b
def pow(a, b):
    return a ** b
def neg(a):
    return -a
def eq(a, b):
    return a == b
def ne(a, b):
    return a != b
def lt(a, b):
    return a < b
def le(a, b):
    return a <= b
def gt(a, b):
    return a > b
def ge(a, b):
    return a >= b
def and_(a, b):
    return a & b
def or_(a, b):
    return a | b
def xor(a, b):
    return a ^ b
def not_(a):
    return not a
def contains(a, b):
    return b in a
def getitem(a, b):
    return a[b]
def setitem(a, b, c):
    a[b] = c
def concat(a, b):
    return a + b
def is_(a, b):
    return a is b
`,
})
