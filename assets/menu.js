// The shop's departments, categories and product types as a tree of links with counts.

function draw(component) {
  const { data, parentElement, setTriggerValue } = component;
  const drawn = JSON.stringify(data);
  let nav = parentElement.querySelector("nav");
  if (nav && nav.drawn === drawn) return;
  if (!nav) {
    nav = document.createElement("nav");
    parentElement.append(nav);
  }
  nav.drawn = drawn;
  nav.setAttribute("aria-label", "Departments, categories and product types");

  const fold = document.createElement("details");
  fold.open = !window.matchMedia("(max-width: 640px)").matches;
  const summary = document.createElement("summary");
  summary.textContent = data.here;
  fold.append(summary);
  const list = document.createElement("ul");
  for (const entry of data.entries) {
    const item = document.createElement("li");
    item.dataset.level = entry.level;
    const link = document.createElement("a");
    link.href = entry.href;
    if (entry.current) link.setAttribute("aria-current", "page");
    const label = document.createElement("span");
    label.textContent = entry.label;
    const number = document.createElement("span");
    number.className = "number";
    number.textContent = entry.count.toLocaleString("en-GB");
    link.append(label, number);
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
      event.preventDefault();
      setTriggerValue("go", entry.place);
    });
    item.append(link);
    list.append(item);
  }
  fold.append(list);
  nav.replaceChildren(fold);
}
