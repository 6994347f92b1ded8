/** itertools. */
import { defineModule } from "./define-module.ts"

export const itertools = defineModule({
  name: "itertools",
  source: `
def count(start=0, step=1):
    while True:
        yield start
        start += step
def cycle(iterable):
    kept = []
    for one in iterable:
        yield one
        kept.append(one)
    while kept:
        yield from kept
def repeat(object, times=None):
    if times is None:
        while True:
            yield object
    for _ in range(times):
        yield object
class chain:
    def __init__(self, *iterables):
        self._walk = self._over(iterables)
    @staticmethod
    def _over(iterables):
        for one in iterables:
            yield from one
    @classmethod
    def from_iterable(cls, iterables):
        made = cls()
        made._walk = cls._over(iterables)
        return made
    def __iter__(self):
        return self
    def __next__(self):
        return next(self._walk)
def accumulate(iterable, func=None, *, initial=None):
    walk = iter(iterable)
    total = initial
    if initial is None:
        try:
            total = next(walk)
        except StopIteration:
            return
    yield total
    for one in walk:
        total = total + one if func is None else func(total, one)
        yield total
def islice(iterable, *args):
    bounds = slice(*args)
    start, stop, step = bounds.start or 0, bounds.stop, bounds.step or 1
    if stop is not None and start >= stop:
        return
    wanted = start
    for index, one in enumerate(iterable):
        if index == wanted:
            yield one
            wanted += step
        if stop is not None and (index + 1 >= stop or wanted >= stop):
            return
def takewhile(predicate, iterable):
    for one in iterable:
        if not predicate(one):
            return
        yield one
def dropwhile(predicate, iterable):
    walk = iter(iterable)
    for one in walk:
        if not predicate(one):
            yield one
            break
    yield from walk
def filterfalse(predicate, iterable):
    for one in iterable:
        if not (predicate(one) if predicate else one):
            yield one
def starmap(function, iterable):
    for args in iterable:
        yield function(*args)
def compress(data, selectors):
    return (one for one, wanted in zip(data, selectors) if wanted)
def zip_longest(*iterables, fillvalue=None):
    walks = [iter(one) for one in iterables]
    end = object()
    while True:
        values = [next(one, end) for one in walks]
        if all(one is end for one in values):
            return
        yield tuple(fillvalue if one is end else one for one in values)
def pairwise(iterable):
    walk = iter(iterable)
    before = next(walk, walk)
    if before is walk:
        return
    for one in walk:
        yield before, one
        before = one
def groupby(iterable, key=None):
    groups = []
    for one in iterable:
        mark = one if key is None else key(one)
        if groups and groups[-1][0] == mark:
            groups[-1][1].append(one)
        else:
            groups.append((mark, [one]))
    for mark, members in groups:
        yield mark, iter(members)
def tee(iterable, n=2):
    kept = list(iterable)
    return tuple(iter(kept) for _ in range(n))
def product(*iterables, repeat=1):
    pools = [tuple(one) for one in iterables] * repeat
    result = [()]
    for pool in pools:
        result = [before + (one,) for before in result for one in pool]
    yield from result
def permutations(iterable, r=None):
    pool = tuple(iterable)
    r = len(pool) if r is None else r
    def walk(left, taken):
        if len(taken) == r:
            yield tuple(pool[i] for i in taken)
            return
        for i in left:
            yield from walk([j for j in left if j != i], taken + [i])
    yield from walk(list(range(len(pool))), [])
def combinations(iterable, r):
    pool = tuple(iterable)
    def walk(start, taken):
        if len(taken) == r:
            yield tuple(taken)
            return
        for i in range(start, len(pool)):
            yield from walk(i + 1, taken + [pool[i]])
    yield from walk(0, [])
def combinations_with_replacement(iterable, r):
    pool = tuple(iterable)
    def walk(start, taken):
        if len(taken) == r:
            yield tuple(taken)
            return
        for i in range(start, len(pool)):
            yield from walk(i, taken + [pool[i]])
    yield from walk(0, [])
def batched(iterable, n):
    walk = iter(iterable)
    while batch := tuple(islice(walk, n)):
        yield batch
`,
})
