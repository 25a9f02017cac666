// A photo with a part that can be marked: drag over it, move the mark, pull its corners, or use the arrow keys.
// The box is sent as [x0, y0, x1, y1] in fractions of the photo's width and height.

const SMALLEST = 0.08;
const STEP = 0.02;
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

function build(parent) {
  const root = document.createElement("div");
  root.className = "photo";
  root.innerHTML = `
    <div class="stage"><img draggable="false"><div class="mark" tabindex="0" role="group" hidden>
      <i data-corner="nw"></i><i data-corner="ne"></i><i data-corner="sw"></i><i data-corner="se"></i></div></div>
    <p class="hint"></p>
    <div class="actions" hidden><button type="button" class="apply">Search this part</button>
      <button type="button" class="whole">Use the whole photo</button></div>`;
  parent.append(root);
  return root;
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".photo") || build(parentElement);
  const drawn = JSON.stringify(data);
  if (root.drawn === drawn) return;
  root.drawn = drawn;

  const find = (selector) => root.querySelector(selector);
  const [stage, image, mark, hint, actions] = [".stage", "img", ".mark", ".hint", ".actions"].map(find);
  image.src = data.picture;
  image.alt = data.alt;
  stage.style.setProperty("--aspect", data.aspect);
  stage.classList.toggle("markable", data.mode !== "still");
  root.dataset.mode = data.mode;
  hint.textContent = data.hint || "";
  hint.hidden = !data.hint;
  actions.hidden = data.mode !== "dialog";
  mark.setAttribute("aria-label", "Part to search: move it with the arrow keys, resize it with Shift and the arrow keys");

  let box = data.box || (data.mode === "dialog" ? [0.15, 0.15, 0.85, 0.85] : null);
  const paint = () => {
    mark.hidden = !box;
    if (!box) return;
    const [x0, y0, x1, y1] = box;
    Object.assign(mark.style, {
      left: `${x0 * 100}%`, top: `${y0 * 100}%`, width: `${(x1 - x0) * 100}%`, height: `${(y1 - y0) * 100}%`,
    });
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
    event.preventDefault();
    stage.setPointerCapture(event.pointerId);
    const start = place(event);
    const before = box && [...box];
    const corner = event.target.dataset.corner;
    const inside = before && event.target === mark;
    stage.onpointermove = (moved) => {
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
