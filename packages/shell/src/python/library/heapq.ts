/** heapq. */
import { defineModule } from "./define-module.ts"

export const heapq = defineModule({
  name: "heapq",
  source: `
def heappush(heap, item):
    heap.append(item)
    i = len(heap) - 1
    while i and heap[i] < heap[(i - 1) // 2]:
        heap[i], heap[(i - 1) // 2] = heap[(i - 1) // 2], heap[i]
        i = (i - 1) // 2
def _sink(heap, i):
    while True:
        least = i
        for child in (2 * i + 1, 2 * i + 2):
            if child < len(heap) and heap[child] < heap[least]:
                least = child
        if least == i:
            return
        heap[i], heap[least] = heap[least], heap[i]
        i = least
def heappop(heap):
    if not heap:
        raise IndexError("index out of range")
    last = heap.pop()
    if not heap:
        return last
    first, heap[0] = heap[0], last
    _sink(heap, 0)
    return first
def heapify(heap):
    for i in range(len(heap) // 2, -1, -1):
        _sink(heap, i)
def heapreplace(heap, item):
    first, heap[0] = heap[0], item
    _sink(heap, 0)
    return first
def heappushpop(heap, item):
    heappush(heap, item)
    return heappop(heap)
def nlargest(n, iterable, key=None):
    return sorted(iterable, key=key, reverse=True)[:n]
def nsmallest(n, iterable, key=None):
    return sorted(iterable, key=key)[:n]
def merge(*iterables, key=None, reverse=False):
    return iter(sorted([one for walk in iterables for one in walk], key=key, reverse=reverse))
`,
})
