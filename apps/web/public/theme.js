/** Chooses light or dark before the first paint, so that a page never flashes in the other one. */
;(() => {
  const system = matchMedia("(prefers-color-scheme: dark)")
  const choose = () => {
    let kept = null
    try {
      kept = localStorage.getItem("drydock-theme")
    } catch {
      // Storage may be refused; the system's preference holds then.
    }
    document.documentElement.dataset.theme = kept === "light" || kept === "dark" ? kept : system.matches ? "dark" : "light"
  }
  choose()
  system.addEventListener("change", choose)
  for (const event of ["storage", "drydock-theme"]) addEventListener(event, choose)
})()
