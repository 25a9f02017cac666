// The shop's departments, categories and product types as a tree of links with counts.

function draw({ data, parentElement, setTriggerValue }) {
  const { root, anew } = shownIn(parentElement, "nav", "", data);
  if (!anew) return;
  root.setAttribute("aria-label", "Departments, categories and product types");
  const fold = element("details");
  fold.open = !window.matchMedia("(max-width: 640px)").matches;
  const list = element("ul");
  for (const entry of data.entries) {
    const item = element("li");
    item.dataset.level = entry.level;
    const go = link("", entry.href, () => setTriggerValue("go", entry.place));
    if (entry.current) go.setAttribute("aria-current", "page");
    go.append(element("span", "", entry.label), element("span", "number", entry.count.toLocaleString("en-GB")));
    item.append(go);
    list.append(item);
  }
  fold.append(element("summary", "", data.here), list);
  root.replaceChildren(fold);
}
