"use strict";
(async () => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const packed = document.getElementById("packed");
  if (packed) {
    const bytes = Uint8Array.from(atob(packed.textContent), (char) => char.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    document.getElementById("details").innerHTML = await new Response(stream).text();
  }
  const form = document.querySelector(".controls");
  const [query, severity, verdict] = ["query", "severity", "verdict"].map((id) => document.getElementById(id));
  const shown = document.getElementById("shown");
  const rows = all("#matrix tbody tr").map((node) => [node, node.textContent.toLowerCase()]);
  const groups = all(".group").map((node) => [
    node,
    (node.querySelector("h3").textContent + (node.querySelector("h3 ~ p, h3 ~ details") || node).textContent).toLowerCase(),
    [...node.querySelectorAll("article")].map((item) => [item, item.textContent.toLowerCase()]),
  ]);
  const filter = () => {
    const text = query.value.trim().toLowerCase();
    const asked = (node) => !verdict.value || node.dataset.v === verdict.value;
    for (const [row, words] of rows) row.hidden = !(asked(row) && words.includes(text));
    let count = 0;
    for (const [group, head, items] of groups) {
      let seen = 0;
      for (const [item, words] of items) {
        const fits = (!severity.value || item.dataset.s === severity.value) && (head.includes(text) || words.includes(text));
        item.hidden = !(asked(group) && fits);
        seen += item.hidden ? 0 : 1;
      }
      group.hidden = seen === 0;
      count += seen;
    }
    shown.textContent = `${count} finding${count === 1 ? "" : "s"} shown`;
  };
  const follow = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    if (target.closest("[hidden]")) {
      query.value = severity.value = verdict.value = "";
      filter();
    }
    target.scrollIntoView();
    target.focus({ preventScroll: true });
  };
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", filter);
  for (const button of all(".copy")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const code = button.parentElement.nextElementSibling;
      try {
        await navigator.clipboard.writeText(code.textContent);
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(code);
        button.textContent = "Selected: copy it";
      }
    });
  }
  addEventListener("beforeprint", () => all("details").forEach((node) => { node.open = true; }));
  addEventListener("hashchange", follow);
  filter();
  follow();
})();
