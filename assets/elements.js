// Put before every part's script: what lists and cards are made of. All text is set as text, never as HTML.

const element = (tag, className, text) => {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
};

const picture = (address, alt = "") => Object.assign(element("img"), { src: address, alt, decoding: "async", draggable: false });

const button = (className, press, text) => {
  const made = element("button", className, text);
  made.type = "button";
  made.addEventListener("click", press);
  return made;
};

// With a modifier key the browser opens the link's own address in a new tab.
const link = (className, href, follow) => {
  const made = element("a", className);
  made.href = href;
  made.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    follow();
  });
  return made;
};

const bar = (className, share) => {
  const made = element("span", className);
  made.setAttribute("aria-hidden", "true");
  const filled = element("span");
  filled.style.width = `${Math.round(Math.min(Math.max(share, 0), 1) * 100)}%`;
  made.append(filled);
  return made;
};

// The part's one element, made the first time. `anew` says whether it has something else to show than it shows: the same
// drawn again would flicker and lose the keyboard's focus.
function shownIn(parent, tag, className, said) {
  let root = parent.querySelector(className ? `${tag}.${className}` : tag);
  if (!root) {
    root = element(tag, className);
    parent.append(root);
  }
  const drawn = JSON.stringify(said);
  const anew = root.drawn !== drawn;
  root.drawn = drawn;
  return { root, anew };
}
