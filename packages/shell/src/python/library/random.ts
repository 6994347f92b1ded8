/** random, from the machine's own stream. A seed makes the same numbers again, though not CPython's. */
import { BASE_SEED, mulberry } from "./seeded.ts"
import { hashOf, keyOf } from "../objects/keys.ts"
import { PyFloat } from "../objects/values.ts"
import { defineModule } from "./define-module.ts"
import type { Interpreter } from "../run/interpreter.ts"

const seeds = new WeakMap<Interpreter, () => number>()

export const random = defineModule({
  name: "random",
  functions: {
    random: ["", (python) => new PyFloat(seeds.get(python)?.() ?? python.process.random())],
    seed: [
      "a=, version=",
      (python, [value]) => {
        if (value === undefined || value === null) seeds.delete(python)
        else seeds.set(python, mulberry(BASE_SEED + hashOf(keyOf(value))))
        return null
      },
    ],
  },
  source: `
import math as _math

def randrange(start, stop=None, step=1):
    if stop is None:
        start, stop = 0, start
    width = stop - start
    count = (width + step - (1 if step > 0 else -1)) // step
    if count <= 0:
        raise ValueError(f"empty range in randrange({start}, {stop})" if step == 1 else f"empty range in randrange({start}, {stop}, {step})")
    return start + step * int(random() * count)

def randint(a, b):
    return randrange(a, b + 1)

def uniform(a, b):
    return a + (b - a) * random()

def choice(seq):
    if not len(seq):
        raise IndexError("Cannot choose from an empty sequence")
    return seq[int(random() * len(seq))]

def choices(population, weights=None, *, cum_weights=None, k=1):
    if weights is None and cum_weights is None:
        return [population[int(random() * len(population))] for _ in range(k)]
    totals = list(cum_weights or [])
    if not totals:
        total = 0
        for weight in weights:
            total += weight
            totals.append(total)
    picked = []
    for _ in range(k):
        at = random() * totals[-1]
        for index, limit in enumerate(totals):
            if at < limit:
                break
        picked.append(population[index])
    return picked

def shuffle(x):
    for i in range(len(x) - 1, 0, -1):
        j = int(random() * (i + 1))
        x[i], x[j] = x[j], x[i]

def sample(population, k, *, counts=None):
    pool = list(population)
    if not 0 <= k <= len(pool):
        raise ValueError("Sample larger than population or is negative")
    result = []
    for _ in range(k):
        result.append(pool.pop(int(random() * len(pool))))
    return result

def gauss(mu=0.0, sigma=1.0):
    return mu + sigma * _math.sqrt(-2 * _math.log(1 - random())) * _math.cos(2 * _math.pi * random())
normalvariate = gauss

def expovariate(lambd=1.0):
    return -_math.log(1.0 - random()) / lambd

def triangular(low=0.0, high=1.0, mode=None):
    return low + (high - low) * (random() + random()) / 2

def getrandbits(k):
    return int(random() * (1 << k)) if k <= 52 else (getrandbits(k - 52) << 52) | int(random() * (1 << 52))

def randbytes(n):
    return bytes(int(random() * 256) for _ in range(n))

_draw, _seed = random, seed

class Random:
    def __init__(self, x=None):
        _seed(x)
    def random(self):
        return _draw()
    def seed(self, a=None):
        _seed(a)
    def randint(self, a, b):
        return randint(a, b)
    def randrange(self, *args):
        return randrange(*args)
    def choice(self, seq):
        return choice(seq)
    def choices(self, *args, **names):
        return choices(*args, **names)
    def shuffle(self, x):
        return shuffle(x)
    def sample(self, *args, **names):
        return sample(*args, **names)
    def uniform(self, a, b):
        return uniform(a, b)
    def getrandbits(self, k):
        return getrandbits(k)

SystemRandom = Random
`,
})
