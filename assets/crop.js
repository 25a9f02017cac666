// A photo with a part that can be marked: drag over it, move the mark, pull its corners, or use the arrow keys.
// The box is sent as [x0, y0, x1, y1] in fractions of the photo's width and height. Garments that were found in the
// photo are buttons on it; a click on one sends its id.

const SMALLEST = 0.08;
// A press that moves less than this many pixels is a click on the garment below it.
const STEADY = 6;
const STEP = 0.02;
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

function build(parent) {
  const root = document.createElement("div");
  root.className = "photo";
  root.innerHTML = `
    <div class="stage"><img draggable="false"><div class="main" aria-hidden="true" hidden></div><div class="mark" tabindex="0" role="group" hidden>
      <i data-corner="nw"></i><i data-corner="ne"></i><i data-corner="sw"></i><i data-corner="se"></i></div>
      <p class="busy" role="status" hidden></p></div>
    <p class="hint"></p>
    <div class="actions" hidden><button type="button" class="apply">Search this part</button>
      <button type="button" class="whole">Use the whole photo</button></div>`;
  parent.append(root);
  return root;
}

const area = ({ box: [x0, y0, x1, y1] }) => (x1 - x0) * (y1 - y0);

function garmentButton(garment, choose) {
  const [x0, y0, x1, y1] = garment.box;
  const mark = button("garment", () => choose(garment.id));
  mark.setAttribute("aria-pressed", garment.chosen);
  mark.setAttribute("aria-label", garment.label);
  Object.assign(mark.style, {
    left: `${x0 * 100}%`, top: `${y0 * 100}%`, width: `${(x1 - x0) * 100}%`, height: `${(y1 - y0) * 100}%`,
  });
  mark.append(element("span", "", garment.name));
  return mark;
}

// Names stand in or beside their boxes, where they cover neither each other nor a small garment.
function settleNames(stage) {
  const apart = (a, b) => a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y;
  const placed = [];
  const boxes = [...stage.querySelectorAll(".garment")].reverse().map((button) => {
    const name = button.querySelector("span");
    const box = { x: button.offsetLeft, y: button.offsetTop, w: button.offsetWidth, h: button.offsetHeight };
    const [w, h] = [name.offsetWidth, name.offsetHeight];
    return { button, name, box, w, h, small: box.h < 2.5 * h || box.w < w };
  });
  for (const { button, name, box: { x, y, w: wide, h: high }, w, h, small } of boxes) {
    const inside = [[x, y], [x + wide - w, y], [x, y + high - h], [x + wide - w, y + high - h]];
    const beside = [[x, y - h], [x, y + high], [x + wide, y], [x - w, y], [x + wide - w, y - h], [x + wide - w, y + high]];
    const places = (small ? beside : [...inside, ...beside]).map(([left, top]) => ({ x: left, y: top, w, h }));
    const fits = (at) =>
      at.x >= 0 && at.y >= 0 && at.x + w <= stage.clientWidth && at.y + h <= stage.clientHeight && placed.every((one) => apart(one, at));
    const free = (at) => fits(at) && boxes.every((other) => !other.small || other.button === button || apart(other.box, at));
    const at = places.find(free) || places.find(fits) || places[0];
    at.x = clamp(at.x, 0, Math.max(stage.clientWidth - w, 0));
    at.y = clamp(at.y, 0, Math.max(stage.clientHeight - h, 0));
    placed.push(at);
    Object.assign(name.style, { left: `${at.x - x - button.clientLeft}px`, top: `${at.y - y - button.clientTop}px` });
  }
}

function draw(component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".photo") || build(parentElement);
  const drawn = JSON.stringify(data);
  if (root.drawn === drawn) return;
  root.drawn = drawn;

  const find = (selector) => root.querySelector(selector);
  const [stage, image, main, mark, hint, actions, busy] = [".stage", "img", ".main", ".mark", ".hint", ".actions", ".busy"].map(find);
  image.src = data.picture;
  image.alt = data.alt;
  stage.style.setProperty("--aspect", data.aspect);
  stage.classList.toggle("markable", data.mode !== "still");
  root.dataset.mode = data.mode;
  hint.textContent = data.hint || "";
  hint.hidden = !data.hint;
  actions.hidden = data.mode !== "dialog";
  busy.hidden = !data.busy;
  busy.textContent = data.busy || "";

  const garments = data.garments || [];
  const choose = (id) => {
    for (const one of stage.querySelectorAll(".garment")) one.setAttribute("aria-pressed", one.value === id);
    setTriggerValue("garment", id);
  };
  root.classList.toggle("dressed", garments.length > 0);
  const focused = root.getRootNode().activeElement?.closest?.(".garment")?.value;
  stage.querySelectorAll(".garment").forEach((one) => one.remove());
  // The smaller ones lie on top, so that each can be reached.
  for (const garment of [...garments].sort((one, other) => area(other) - area(one))) {
    const button = garmentButton(garment, choose);
    button.value = garment.id;
    mark.before(button);
    if (garment.id === focused) button.focus({ preventScroll: true });
  }
  root.resized ||= new ResizeObserver(() => settleNames(stage));
  root.resized.disconnect();
  if (garments.length) root.resized.observe(stage);
  mark.setAttribute("aria-label", "Part to search: move it with the arrow keys, resize it with Shift and the arrow keys");

  let box = data.box || (data.mode === "dialog" ? [0.15, 0.15, 0.85, 0.85] : null);
  const frame = (element, [x0, y0, x1, y1]) =>
    Object.assign(element.style, {
      left: `${x0 * 100}%`, top: `${y0 * 100}%`, width: `${(x1 - x0) * 100}%`, height: `${(y1 - y0) * 100}%`,
    });
  const paint = () => {
    mark.hidden = !box;
    // What was looked at from near, as long as nobody says that it is something else.
    main.hidden = !data.main || Boolean(box);
    if (!main.hidden) frame(main, data.main);
    if (box) frame(mark, box);
  };
  paint();

  const send = () => setTriggerValue("box", box);
  // On the page itself a mark is searched at once; in the dialog the button does it.
  const settled = () => data.mode === "inline" && send();

  const place = (event) => {
    const area = stage.getBoundingClientRect();
    return [clamp((event.clientX - area.left) / area.width, 0, 1), clamp((event.clientY - area.top) / area.height, 0, 1)];
  };

  stage.onpointerdown = (event) => {
    if (data.mode === "still" || event.button !== 0) return;
    // A finger on the page scrolls; a finger in the dialog marks.
    if (data.mode === "inline" && event.pointerType === "touch") return;
    // A press on a garment is a click as long as it does not move.
    let clicks = event.target.closest(".garment") !== null;
    if (!clicks) {
      event.preventDefault();
      stage.setPointerCapture(event.pointerId);
    }
    const start = place(event);
    const before = box && [...box];
    const corner = event.target.dataset.corner;
    const inside = before && event.target === mark;
    stage.onpointermove = (moved) => {
      if (clicks) {
        if (Math.hypot(moved.clientX - event.clientX, moved.clientY - event.clientY) < STEADY) return;
        clicks = false;
        stage.setPointerCapture(event.pointerId);
      }
      const [x, y] = place(moved);
      if (corner) {
        const [fx, fy] = [corner.includes("w") ? before[2] : before[0], corner.includes("n") ? before[3] : before[1]];
        box = [Math.min(x, fx), Math.min(y, fy), Math.max(x, fx), Math.max(y, fy)];
      } else if (inside) {
        const dx = clamp(x - start[0], -before[0], 1 - before[2]);
        const dy = clamp(y - start[1], -before[1], 1 - before[3]);
        box = [before[0] + dx, before[1] + dy, before[2] + dx, before[3] + dy];
      } else {
        box = [Math.min(x, start[0]), Math.min(y, start[1]), Math.max(x, start[0]), Math.max(y, start[1])];
      }
      paint();
    };
    const end = () => {
      stage.onpointermove = stage.onpointerup = stage.onpointercancel = null;
      const tooSmall = box && (box[2] - box[0] < SMALLEST || box[3] - box[1] < SMALLEST);
      if (tooSmall) box = before;
      paint();
      if (JSON.stringify(box) !== JSON.stringify(before)) settled();
    };
    stage.onpointerup = end;
    stage.onpointercancel = end;
  };

  mark.onkeydown = (event) => {
    const moves = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };
    const move = moves[event.key];
    if (event.key === "Enter" && box) { event.preventDefault(); send(); return; }
    if (!move || !box) return;
    event.preventDefault();
    const [dx, dy] = move;
    if (event.shiftKey) {
      box = [box[0], box[1], clamp(box[2] + dx, box[0] + SMALLEST, 1), clamp(box[3] + dy, box[1] + SMALLEST, 1)];
    } else {
      const [mx, my] = [clamp(dx, -box[0], 1 - box[2]), clamp(dy, -box[1], 1 - box[3])];
      box = [box[0] + mx, box[1] + my, box[2] + mx, box[3] + my];
    }
    paint();
  };

  find(".apply").onclick = send;
  find(".whole").onclick = () => setTriggerValue("whole", true);
}
