/** Chooses light or dark before the first paint, so that a page never flashes in the other one. */
export const THEME_KEY = "drydock-theme"

/** Runs in <head>, before anything is drawn; as text, because modules come later. */
export const themeScript = `(()=>{const k=${JSON.stringify(THEME_KEY)},m=matchMedia("(prefers-color-scheme: dark)"),s=()=>{let t;try{t=localStorage.getItem(k)}catch{}
document.documentElement.dataset.theme=t==="light"||t==="dark"?t:m.matches?"dark":"light"};s();m.addEventListener("change",s);addEventListener("storage",s);addEventListener("drydock-theme",s)})()`
