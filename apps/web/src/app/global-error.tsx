/** When not even the frame could be drawn: no style sheet, no component. */
"use client"

const Broken = ({ reset }: { reset: () => void }) => (
  <html lang="en">
    <body style={{ font: "16px/1.6 system-ui, sans-serif", maxWidth: "28rem", margin: "20vh auto", padding: "0 1.5rem" }}>
      <h1 style={{ fontSize: "1.4rem" }}>Drydock could not be shown</h1>
      <p>What you did is kept.</p>
      <button type="button" onClick={reset}>
        Try again
      </button>
    </body>
  </html>
)
export default Broken
