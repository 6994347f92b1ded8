/** Which room may import which: the first section of ARCHITECTURE.md, for the checks and bundlers that hold to it. */
const rooms = {
  sim: [],
  machine: ["sim"],
  shell: ["machine"],
  kubernetes: ["sim", "gotemplate"],
  gotemplate: [],
  kubectl: ["machine", "kubernetes", "gotemplate"],
  tools: ["machine", "kubernetes", "gotemplate"],
  images: ["machine", "kubernetes"],
  world: ["sim", "machine", "shell", "kubernetes", "gotemplate", "kubectl", "tools", "images"],
  grader: ["world", "sim", "machine", "kubernetes"],
  course: [],
  protocol: [],
  db: [],
  gateway: ["kubernetes"],
  web: ["protocol", "course", "db", "grader"],
  lab: ["gateway", "protocol", "world", "grader", "course", "db", "sim", "machine", "kubernetes"],
  cli: ["gateway", "world", "grader", "course", "sim", "machine", "kubernetes"],
}
const applications = ["web", "lab", "cli"]
/** No Node, no promises, no wall clock. */
const pure = ["sim", "machine", "shell", "kubernetes", "gotemplate", "kubectl", "tools", "images", "world", "grader"]
const packages = Object.keys(rooms).filter((room) => !applications.includes(room))
const place = (room) => (applications.includes(room) ? `apps/${room}` : `packages/${room}`)

module.exports = { rooms, applications, packages, pure, place }
