// Product cards (and small photos to try). All text arrives as data and is set as text, never as HTML.

const element = (tag, className, text) => {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
};

function picture(card) {
  const frame = element("span", "frame");
  const image = element("img");
  image.src = card.picture;
  image.alt = card.alt;
  image.decoding = "async";
  image.draggable = false;
  frame.append(image);
  if (card.badge) frame.append(element("span", "badge", card.badge));
  return frame;
}

function similarity(card) {
  const line = element("p", "similarity");
  const bar = element("span", "bar");
  bar.setAttribute("aria-hidden", "true");
  const filled = element("span", "filled");
  filled.style.width = `${Math.round(Math.min(Math.max(card.score, 0), 1) * 100)}%`;
  bar.append(filled);
  const number = element("span", "number", card.number);
  number.title = "Similarity: 1 is the same picture";
  line.append(element("span", "words", card.words), number, bar);
  return line;
}

const HEART = "M10 17.2 3.6 10.9a4.2 4.2 0 0 1 6-5.9l.4.4.4-.4a4.2 4.2 0 0 1 6 5.9z";

function pressHeart(button, wants) {
  button.setAttribute("aria-pressed", wants);
  button.title = wants ? "Wanted; click to take it back" : "I want this";
}

function heart(card, toggle) {
  const button = element("button", "want");
  button.type = "button";
  button.value = card.id;
  button.setAttribute("aria-label", `I want this: ${card.name}`);
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", HEART);
  svg.append(path);
  button.append(svg);
  button.addEventListener("click", () => {
    pressHeart(button, toggle(card.id));
  });
  return button;
}

function productCard(card, send, toggle) {
  const item = element("li", "card");
  const link = element("a", "open");
  link.href = card.href;
  const name = element("span", "name", card.name);
  name.title = card.name;
  link.append(picture(card), name);
  link.addEventListener("click", (event) => {
    // With a modifier key the browser opens the product's own address in a new tab.
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    send("open", card.id);
  });
  item.append(link);
  if (card.want) item.append(heart(card, toggle));
  item.append(element("p", "price", card.price || ""));
  if (card.words) item.append(similarity(card));
  if (card.reason) item.append(element("p", "reason", card.reason));
  if (card.more) {
    const more = element("button", "more", "More like this");
    more.type = "button";
    more.setAttribute("aria-label", `More like this: ${card.name}`);
    more.addEventListener("click", () => send("more", card.id));
    item.append(more);
  }
  return item;
}

function photoCard(card, send) {
  const item = element("li", "card");
  const button = element("button", "try");
  button.type = "button";
  button.append(picture(card));
  button.addEventListener("click", () => send("open", card.id));
  item.append(button);
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
    for (const button of list.querySelectorAll(".want")) pressHeart(button, list.wanted.has(button.value));
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
