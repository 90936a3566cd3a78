// What the theme leaves without a name, for screen readers and the keyboard (WCAG 4.1.2, 2.1.1), and where the code in
// tables may break: after a separator and before a hump, so that a name is read in its parts.
(() => {
  const PARTS = /(?<=[_.:/|,=([{-])(?=[\w"'*])|(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/;
  document.querySelectorAll("td code, th code").forEach((node) => {
    [...node.childNodes].filter((child) => child.nodeType === Node.TEXT_NODE).forEach((text) => {
      const parts = text.data.split(PARTS);
      text.replaceWith(...parts.flatMap((part, at) => (at === 0 ? [part] : [document.createElement("wbr"), part])));
    });
  });
  let blocks = 0;
  const name = () => {
    document.querySelectorAll("nav.md-code__nav:not([aria-label])").forEach((node) => {
      blocks += 1;
      node.setAttribute("aria-label", `Code block ${blocks}`);
    });
    document.querySelectorAll(".md-typeset__scrollwrap, .md-typeset pre > code, .md-typeset p:has(> img[src$='.svg'])").forEach((node) => {
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
