/** Pulls one after another (serializeImagePulls). As pkg/kubelet/images/puller.go serialImagePuller. */
export class SerialPulls {
  #waiting: (() => void)[] = []
  #busy = false

  add(begin: () => void): void {
    if (this.#busy) return void this.#waiting.push(begin)
    this.#busy = true
    begin()
  }

  /** Nobody waits any more. */
  clear(): void {
    this.#waiting = []
  }

  next(): void {
    const begin = this.#waiting.shift()
    this.#busy = begin !== undefined
    begin?.()
  }
}
