// What two bundles find for one photo, side by side. All text arrives as data and is set as text, never as HTML.

const make = (tag, className, text) => {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
};

function row(hit, rank, send) {
  const item = make("li", "hit");
  item.dataset.id = hit.id;
  const link = make("a");
  link.href = hit.href;
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    send("open", hit.id);
  });
  const image = make("img");
  image.src = hit.picture;
  image.alt = "";
  const text = make("span", "text");
  text.append(make("span", "kind", hit.type), make("span", "name", hit.name));
  const right = make("span", "right");
  right.append(make("span", "number", hit.number));
  const bar = make("span", "bar");
  const filled = make("span");
  filled.style.width = `${Math.round(Math.min(Math.max(hit.score, 0), 1) * 100)}%`;
  bar.append(filled);
  right.append(bar);
  link.append(make("span", "rank", String(rank)), image, text, right);
  if (hit.other) {
    item.classList.add("common");
    right.append(make("span", "mark", hit.other === rank ? "both, same place" : `both, there ${hit.other}.`));
  }
  item.append(link);
  return item;
}

function draw(component) {
  const { data, parentElement, setTriggerValue } = component;
  let root = parentElement.querySelector(".sides");
  if (!root) {
    root = make("div", "sides");
    parentElement.append(root);
  }
  const drawn = JSON.stringify(data);
  if (root.drawn === drawn) return;
  root.drawn = drawn;
  root.replaceChildren(...data.sides.map((side) => {
    const section = make("section");
    section.setAttribute("aria-label", side.name);
    const head = make("header");
    head.append(make("h2", "", side.name));
    const types = new Map();
    for (const hit of side.hits) types.set(hit.type, (types.get(hit.type) || 0) + 1);
    const [most, times] = [...types].sort((a, b) => b[1] - a[1])[0] || ["", 0];
    head.append(make("p", "", most ? `${times} of ${side.hits.length} are ${most}` : ""));
    const list = make("ol");
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
