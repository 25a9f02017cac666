// Pairs of products whose pictures are nearly the same, with what differs between their labels.
// All text arrives as data and is set as text, never as HTML.

const make = (tag, className, text) => {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
};

function product(one, differs, send) {
  const link = make("a", "one");
  link.href = one.href;
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    send("open", one.id);
  });
  const image = make("img");
  image.src = one.picture;
  image.alt = "";
  const name = make("span", "name", one.name);
  name.title = one.name;
  link.append(image, name);
  const facts = make("dl");
  for (const [label, value] of one.facts) {
    const line = make("div", differs.includes(label) ? "differs" : "");
    line.append(make("dt", "", label), make("dd", "", value || "–"));
    facts.append(line);
  }
  const side = make("div", "side");
  side.append(link, facts);
  return side;
}

function draw(component) {
  const { data, parentElement, setTriggerValue } = component;
  let list = parentElement.querySelector("ul.pairs");
  if (!list) {
    list = make("ul", "pairs");
    parentElement.append(list);
  }
  const drawn = JSON.stringify(data);
  if (list.drawn === drawn) return;
  list.drawn = drawn;
  list.setAttribute("aria-label", "Near-copies");
  list.replaceChildren(...data.pairs.map((pair) => {
    const item = make("li");
    const head = make("p", "head");
    head.append(make("span", "number", pair.number));
    for (const mark of pair.marks) head.append(make("span", "mark", mark));
    const both = make("div", "both");
    both.append(...pair.products.map((one) => product(one, pair.differs, setTriggerValue)));
    item.append(head, both);
    return item;
  }));
}
