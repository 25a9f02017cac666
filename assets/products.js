// Product cards (and small photos to try).

function framed(card) {
  const frame = element("span", "frame");
  frame.append(picture(card.picture, card.alt));
  if (card.badge) frame.append(element("span", "badge", card.badge));
  return frame;
}

function similarity(card) {
  const line = element("p", "similarity");
  line.append(element("span", "words", card.words));
  if (card.number) {
    const number = element("span", "number", card.number);
    number.title = "Similarity: 1 is the same picture";
    line.append(number);
  }
  line.append(bar("bar", card.score));
  return line;
}

const HEART = "M10 17.2 3.6 10.9a4.2 4.2 0 0 1 6-5.9l.4.4.4-.4a4.2 4.2 0 0 1 6 5.9z";

function pressHeart(want, wants) {
  want.setAttribute("aria-pressed", wants);
  want.title = wants ? "Wanted; click to take it back" : "I want this";
}

function heart(card, toggle) {
  const want = button("want", () => pressHeart(want, toggle(card.id)));
  want.value = card.id;
  want.setAttribute("aria-label", `I want this: ${card.name}`);
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", HEART);
  svg.append(path);
  want.append(svg);
  return want;
}

function productCard(card, send, toggle) {
  const item = element("li", "card");
  const open = link("open", card.href, () => send("open", card.id));
  const name = element("span", "name", card.name);
  name.title = card.name;
  open.append(framed(card), name);
  item.append(open);
  if (card.want) item.append(heart(card, toggle));
  item.append(element("p", "price", card.price || ""));
  if (card.words) item.append(similarity(card));
  if (card.reason) item.append(element("p", "reason", card.reason));
  if (card.more) {
    const more = button("more", () => send("more", card.id), "More like this");
    more.setAttribute("aria-label", `More like this: ${card.name}`);
    item.append(more);
  }
  return item;
}

function photoCard(card, send) {
  const item = element("li", "card");
  const open = button("try", () => send("open", card.id));
  open.append(framed(card));
  item.append(open);
  return item;
}

function draw(component) {
  const { data, parentElement, setTriggerValue, setStateValue } = component;
  let list = parentElement.querySelector("ul.products");
  if (!list) {
    const holder = element("div", "holder");
    list = element("ul", "products");
    holder.append(list);
    parentElement.append(holder);
  }
  // As long as it is about the same answer the hearts are as they were clicked, whatever is still on its way.
  if (!list.wanted || list.about !== data.about) list.wanted = new Set(data.cards.filter((card) => card.wanted).map((card) => card.id));
  list.about = data.about;
  const press = () => {
    for (const want of list.querySelectorAll(".want")) pressHeart(want, list.wanted.has(want.value));
  };
  const toggle = (id) => {
    if (!list.wanted.delete(id)) list.wanted.add(id);
    setStateValue("wanted", [list.about, [...list.wanted]]);
    return list.wanted.has(id);
  };
  // The same cards drawn again would flicker and lose the keyboard's focus.
  const drawn = JSON.stringify(data, (name, value) => (name === "wanted" || name === "about" ? undefined : value));
  if (list.drawn === drawn) return press();
  const turned = list.drawn !== undefined && data.kind === "grid";
  list.drawn = drawn;
  list.dataset.kind = data.kind;
  list.classList.toggle("unpriced", !data.cards.some((card) => card.price));
  list.setAttribute("aria-label", data.label);
  const send = (name, id) => {
    // What comes next begins at the top of the page.
    document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);
    list.setAttribute("aria-busy", "true");
    setTriggerValue(name, id);
    // A click that leads to the same cards draws nothing new.
    setTimeout(() => list.removeAttribute("aria-busy"), 1500);
  };
  const make = data.kind === "photos" ? photoCard : productCard;
  list.replaceChildren(...data.cards.map((card) => make(card, send, toggle)));
  press();
  list.removeAttribute("aria-busy");
  if (turned) document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);
}
