/** What a directory asks of its names: a Map's part of it. */

export interface Names<Node> extends Iterable<[string, Node]> {
  readonly size: number
  get(name: string): Node | undefined
  has(name: string): boolean
  set(name: string, node: Node): unknown
  delete(name: string): boolean
  keys(): Iterable<string>
  values(): Iterable<Node>
}
