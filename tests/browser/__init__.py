"""Pages in a real browser: headless Chromium, driven by playwright-core, scanned by axe-core."""
