// What the theme leaves without a name, for screen readers and the keyboard (WCAG 4.1.2, 2.1.1).
(() => {
  let blocks = 0;
  const name = () => {
    document.querySelectorAll("nav.md-code__nav:not([aria-label])").forEach((node) => {
      blocks += 1;
      node.setAttribute("aria-label", `Code block ${blocks}`);
    });
    document.querySelectorAll(".md-typeset__scrollwrap, .md-typeset pre > code").forEach((node) => {
      if (node.tabIndex !== 0) node.tabIndex = 0;
    });
  };
  document.querySelector(".md-search")?.setAttribute("aria-label", "Search");
  document.querySelectorAll("nav.md-nav[aria-labelledby]").forEach((node, number) => {
    const label = document.getElementById(node.getAttribute("aria-labelledby"));
    node.removeAttribute("aria-labelledby");
    node.setAttribute("aria-label", `${label?.textContent.trim() || "Pages"}, part ${number + 1}`);
  });
  name();
  // The theme wraps tables and adds buttons to code later.
  new MutationObserver(name).observe(document.body, { childList: true, subtree: true });
})();
