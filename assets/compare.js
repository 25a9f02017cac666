// What two bundles find for one photo, side by side.

function row(hit, rank, send) {
  const item = element("li", "hit");
  item.dataset.id = hit.id;
  const open = link("", hit.href, () => send("open", hit.id));
  const text = element("span", "text");
  text.append(element("span", "kind", hit.type), element("span", "name", hit.name));
  const right = element("span", "right");
  right.append(element("span", "number", hit.number), bar("bar", hit.score));
  open.append(element("span", "rank", String(rank)), picture(hit.picture), text, right);
  if (hit.other) {
    item.classList.add("common");
    right.append(element("span", "mark", hit.other === rank ? "both, same place" : `both, there ${hit.other}.`));
  }
  item.append(open);
  return item;
}

function draw({ data, parentElement, setTriggerValue }) {
  const { root, anew } = shownIn(parentElement, "div", "sides", data);
  if (!anew) return;
  root.replaceChildren(...data.sides.map((side) => {
    const section = element("section");
    section.setAttribute("aria-label", side.name);
    const head = element("header");
    head.append(element("h2", "", side.name));
    const types = new Map();
    for (const hit of side.hits) types.set(hit.type, (types.get(hit.type) || 0) + 1);
    const [most, times] = [...types].sort((a, b) => b[1] - a[1])[0] || ["", 0];
    head.append(element("p", "", most ? `${times} of ${side.hits.length} are ${most}` : ""));
    const list = element("ol");
    list.setAttribute("aria-label", `Hits of ${side.name}`);
    list.append(...side.hits.map((hit, place) => row(hit, place + 1, setTriggerValue)));
    section.append(head, list);
    return section;
  }));
  // The same product on both sides lights up together.
  root.onpointerover = root.onfocusin = (event) => {
    const id = event.target.closest?.(".hit")?.dataset.id;
    for (const item of root.querySelectorAll(".hit")) item.classList.toggle("lit", Boolean(id) && item.dataset.id === id);
  };
  root.onpointerleave = () => root.querySelectorAll(".lit").forEach((item) => item.classList.remove("lit"));
}
